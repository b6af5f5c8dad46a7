//! What the record promises, without a store.

use std::sync::atomic::{AtomicU32, Ordering};

use super::*;

const END: i64 = 600_000;

/// Attempts that differ from all others.
static ATTEMPTS: AtomicU32 = AtomicU32::new(0);

impl CodeRecord {
    fn make(&mut self, code: &str, end: i64, now: i64) {
        let attempt = ATTEMPTS.fetch_add(1, Ordering::SeqCst).to_string();
        assert!(self.add(code, end, &attempt, now));
    }

    fn present(&mut self, code: &str, now: i64, options: &Options) -> Verdict {
        let attempt = ATTEMPTS.fetch_add(1, Ordering::SeqCst).to_string();
        self.verify(code, &attempt, now, options)
    }
}

fn with_code() -> CodeRecord {
    let mut record = CodeRecord::default();
    record.make("right", END, 0);
    record
}

#[test]
fn a_code_can_be_redeemed_once() {
    let (mut record, options) = (with_code(), Options::default());
    assert_eq!(record.present("right", 1, &options), Verdict::Match(END));
    assert_eq!(record.present("right", 1, &options), Verdict::Ignored);
    assert_eq!(record.remaining(1), SIGN_IN_MEMORY.unsigned_abs());
}

#[test]
fn an_ended_code_is_as_good_as_none() {
    let (mut record, options) = (with_code(), Options::default());
    assert_eq!(record.present("right", END, &options), Verdict::Ignored);
}

#[test]
fn five_wrong_codes_void_the_right_one() {
    let (mut record, options) = (with_code(), Options::default());
    for _ in 0..4 {
        assert!(matches!(
            record.present("wrong", 1, &options),
            Verdict::Miss(_)
        ));
    }
    assert_eq!(
        record.clone().present("right", 1, &options),
        Verdict::Match(END)
    );
    let voided = Verdict::Miss(Some(Notice::CodesVoided));
    assert_eq!(record.present("wrong", 1, &options), voided);
    assert_eq!(record.present("right", 1, &options), Verdict::Ignored);
}

#[test]
fn a_new_code_does_not_renew_the_attempts() {
    let (mut record, options) = (with_code(), Options::default());
    for _ in 0..4 {
        record.present("wrong", 1, &options);
    }
    record.make("new", END, 1);
    assert!(matches!(
        record.present("wrong", 1, &options),
        Verdict::Miss(_)
    ));
    assert_eq!(record.present("new", 1, &options), Verdict::Ignored);
}

#[test]
fn guesses_without_an_outstanding_code_count_for_nothing() {
    let (mut record, options) = (CodeRecord::default(), Options::default());
    for _ in 0..1_000 {
        assert_eq!(record.present("wrong", 1, &options), Verdict::Ignored);
    }
    assert_eq!(record, CodeRecord::default());
}

#[test]
fn a_hundred_failures_lock_for_an_hour_and_one_more_locks_again() {
    let (mut record, options) = (CodeRecord::default(), Options::default());
    let mut failures = 0;
    while record.locked_until == 0 {
        record.make("right", END, 1);
        assert!(matches!(
            record.present("wrong", 1, &options),
            Verdict::Miss(_)
        ));
        failures += 1;
    }
    assert_eq!(failures, 100);
    record.make("right", TIME_LIMIT, 2);
    assert_eq!(
        record.present("right", 3_600_000, &options),
        Verdict::Refused
    );
    let mut lucky = record.clone();
    assert_eq!(
        lucky.present("right", 3_600_001, &options),
        Verdict::Match(TIME_LIMIT)
    );
    assert_eq!(lucky.failures, 0);
    assert!(matches!(
        record.present("wrong", 3_600_001, &options),
        Verdict::Miss(_)
    ));
    record.make("right", TIME_LIMIT, 3_600_002);
    assert_eq!(
        record.present("right", 3_600_002, &options),
        Verdict::Refused
    );
}

#[test]
fn a_day_without_a_failure_forgets_them() {
    let (mut record, options) = (with_code(), Options::default());
    for _ in 0..4 {
        record.present("wrong", 1, &options);
    }
    assert_eq!(record.remaining(1), 24 * 60 * 60 * 1_000);
    record.make("right", TIME_LIMIT, FAILURE_MEMORY + 1);
    assert_eq!(record.failures, 0);
    assert!(matches!(
        record.present("wrong", FAILURE_MEMORY + 1, &options),
        Verdict::Miss(_)
    ));
    assert_eq!(record.failures, 1);
}

#[test]
fn the_number_of_outstanding_codes_is_bounded() {
    let (mut record, options) = (CodeRecord::default(), Options::default());
    for number in 0..1_000 {
        record.make(&format!("code {number}"), END, 0);
    }
    assert_eq!(record.codes.len(), OUTSTANDING_CODES);
    assert_eq!(record.present("code 999", 1, &options), Verdict::Match(END));
}

#[test]
fn an_attempt_finds_its_own_redemption_whatever_happened_since_and_nobody_else_does() {
    let (mut record, options) = (with_code(), Options::default());
    assert_eq!(
        record.verify("right", "own", 1, &options),
        Verdict::Match(END)
    );
    record.make("new", END, 2);
    for _ in 0..5 {
        record.present("wrong", 3, &options);
    }
    record.make("newer", END, 4);
    assert!(matches!(
        record.present("right", 5, &options),
        Verdict::Miss(_)
    ));
    let own = |record: &CodeRecord, now| record.clone().verify("right", "own", now, &options);
    let latest = SIGN_IN_MEMORY;
    assert_eq!(own(&record, latest), Verdict::Redeemed(END));
    assert!(matches!(own(&record, latest + 1), Verdict::Miss(_)));
    // An attempt is at one code.
    let other = record.verify("newer", "own", 6, &options);
    assert_eq!(other, Verdict::Match(END));
}

#[test]
fn a_code_that_was_added_and_redeemed_does_not_come_back_when_adding_is_repeated() {
    let (mut record, options) = (CodeRecord::default(), Options::default());
    assert!(record.add("right", END, "own", 0));
    assert_eq!(record.present("right", 1, &options), Verdict::Match(END));
    assert!(!record.add("right", END, "own", 2));
    assert_eq!(record.present("right", 3, &options), Verdict::Ignored);
    record.make("right", END, 4);
    assert_eq!(record.present("right", 5, &options), Verdict::Match(END));
}

/// A record whose code `own` has redeemed after `failures` wrong ones in a row.
fn redeemed_after(failures: u32, options: &Options) -> CodeRecord {
    let mut record = CodeRecord::default();
    record.make("other", END, 0);
    record.make("right", END, 0);
    (record.misses, record.failures, record.last_miss) = (failures % 5, failures, 1);
    assert_eq!(
        record.verify("right", "own", 2, options),
        Verdict::Match(END)
    );
    record
}

#[test]
fn a_code_that_is_put_back_is_as_if_it_had_not_been_redeemed() {
    let options = Options::default();
    for failures in [0, 4, 99, 100] {
        let mut record = redeemed_after(failures, &options);
        assert!(record.put_back("right", "own", 3, &options));
        assert!(!record.put_back("right", "own", 3, &options));
        let counts = (
            record.misses,
            record.failures,
            record.last_miss,
            record.locked_until,
        );
        assert_eq!(counts, (failures % 5, failures, 1, 0));
        assert_eq!(record.present("right", 4, &options), Verdict::Match(END));
        assert_eq!(record.present("other", 5, &options), Verdict::Match(END));
    }
}

#[test]
fn a_code_is_put_back_for_the_attempt_that_redeemed_it_alone_and_while_that_is_remembered() {
    let options = Options::default();
    let record = redeemed_after(0, &options);
    for (code, attempt, now) in [
        ("right", "another", 3),
        ("other", "own", 3),
        ("right", "own", 2 + SIGN_IN_MEMORY),
    ] {
        let mut record = record.clone();
        assert!(!record.put_back(code, attempt, now, &options));
        assert!(matches!(
            record.present("right", now, &options),
            Verdict::Miss(_)
        ));
    }
    let (mut record, last) = (record, 1 + SIGN_IN_MEMORY);
    assert!(record.remaining(2) > (last - 2).unsigned_abs());
    assert!(record.put_back("right", "own", last, &options));
}

#[test]
fn an_ended_code_is_not_put_back() {
    let options = Options::default();
    let mut record = CodeRecord::default();
    record.make("right", 10, 0);
    record.verify("right", "own", 9, &options);
    assert!(record.put_back("right", "own", 10, &options));
    assert_eq!(record.present("right", 10, &options), Verdict::Ignored);
}

#[test]
fn guesses_count_against_a_code_that_is_put_back_after_them() {
    let options = Options::default();
    // Before it was redeemed, since then, and how many more it takes afterwards.
    for (before, since, more) in [(0, 4, Some(1)), (3, 1, Some(1)), (4, 1, None), (0, 5, None)] {
        let mut record = redeemed_after(before, &options);
        for _ in 0..since {
            record.present("wrong", 3, &options);
        }
        assert!(record.put_back("right", "own", 4, &options));
        let mut again = record.clone();
        let accepted = again.present("right", 5, &options) == Verdict::Match(END);
        assert_eq!(accepted, more.is_some(), "{before} {since}");
        for _ in 0..more.unwrap_or_default() {
            record.present("wrong", 6, &options);
        }
        assert_ne!(record.present("right", 7, &options), Verdict::Match(END));
    }
    let mut record = redeemed_after(99, &options);
    record.present("wrong", 3, &options);
    assert!(record.put_back("right", "own", 4, &options));
    assert_eq!(record.present("other", 5, &options), Verdict::Refused);
}
