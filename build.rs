//! Sets the linker up for a Node addon.

fn main() {
    napi_build::setup();
    // Node unloads an addon when the last thread that loaded it ends. Threads of the runtime may
    // still run its code then, and the allocator cleans up after each thread, when that ends.
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux") {
        println!("cargo:rustc-cdylib-link-arg=-Wl,-z,nodelete");
    }
}
