//! `npm run odds`: what guessing a sign-in code comes to, for docs/security.md. The limits are those
//! of the adapter, so the figures are those of this version.

#![allow(clippy::print_stdout, reason = "this is what it is for")]

use chatbotkit_nextauth::adapter::{FAILURE_MEMORY, OUTSTANDING_CODES, Options};

const YEAR_HOURS: u64 = 365 * 24;

/// A name, how many different letters there are, and how many of them a code has.
const CODES: [(&str, u32, u32); 5] = [
    ("6 hexadecimal digits (default)", 16, 6),
    ("7 decimal digits", 10, 7),
    ("8 decimal digits", 10, 8),
    ("8 hexadecimal digits", 16, 8),
    ("8 characters of A–Z and 2–9 without I, O", 32, 8),
];

fn main() {
    let Options {
        code_attempts,
        lock_after,
        lock_for,
        ..
    } = Options::default();
    let lock_hours = lock_for.as_secs() / 3_600;
    let memory_hours = FAILURE_MEMORY.unsigned_abs() / 3_600_000;
    let first_burst = u64::from(lock_after);
    // Two ways to go on: one guess after each lock, or a pause in which failures are forgotten, and
    // another burst.
    let steadily = first_burst + YEAR_HOURS / lock_hours - 1;
    let in_bursts = first_burst * (YEAR_HOURS / memory_hours);
    let per_year = steadily.max(in_bursts);

    println!("Wrong codes until the outstanding ones are void: {code_attempts}");
    println!("Wrong codes until an address is refused: {lock_after}, then one each {lock_hours} h");
    println!("Codes that can be outstanding at once: {OUTSTANDING_CODES}");
    println!(
        "Guesses in the first burst: {first_burst}; in a year, whichever way is better: {per_year}\n"
    );
    println!(
        "| code | bits | first burst | first burst, all codes outstanding | a year | a year, all codes outstanding |"
    );
    println!("| --- | --- | --- | --- | --- | --- |");
    for (name, letters, length) in CODES {
        let bits = f64::from(length) * f64::from(letters).log2();
        let odds = [first_burst, per_year]
            .into_iter()
            .flat_map(|guesses| [guesses, guesses * OUTSTANDING_CODES as u64])
            .map(|guesses| one_in(u64::from(letters).pow(length), guesses))
            .collect::<Vec<_>>();
        println!("| {name} | {bits:.1} | {} |", odds.join(" | "));
    }
}

/// `codes / guesses`, rounded, with commas between the thousands.
fn one_in(codes: u64, guesses: u64) -> String {
    let digits = ((codes + guesses / 2) / guesses).to_string();
    let groups: Vec<_> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .map(String::from_utf8_lossy)
        .collect();
    format!("1 in {}", groups.join(","))
}
