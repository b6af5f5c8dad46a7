//! Sets the linker up for a Node addon.

fn main() {
    napi_build::setup();
    // Node unloads an addon when the last thread that loaded it ends. The allocator cleans up after
    // every thread that used it, when that ends. (The addon holds on to itself as well, from when its
    // runtime has a thread: see src/binding/runtime.rs.)
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux") {
        println!("cargo:rustc-cdylib-link-arg=-Wl,-z,nodelete");
    }
}
