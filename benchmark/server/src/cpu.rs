//! How much processor time this process has used.

use std::time::Duration;

/// User and system time of all threads until now.
#[allow(unsafe_code, reason = "the standard library does not tell")]
pub(crate) fn used() -> Duration {
    let mut usage = std::mem::MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: getrusage fills the structure that it is given, which is valid when it returns 0.
    let usage = unsafe {
        let status = libc::getrusage(libc::RUSAGE_SELF, usage.as_mut_ptr());
        assert_eq!(status, 0, "getrusage failed");
        usage.assume_init()
    };
    let time = |it: libc::timeval| {
        Duration::from_secs(u64::try_from(it.tv_sec).unwrap_or(0))
            + Duration::from_micros(u64::try_from(it.tv_usec).unwrap_or(0))
    };
    time(usage.ru_utime) + time(usage.ru_stime)
}
