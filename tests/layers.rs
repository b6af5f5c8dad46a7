//! Calls go in one direction, `binding → adapter → {chatbotkit, store}`, and only the binding knows
//! Node. Rust does not check that, so this does.

use std::fs;
use std::path::{Path, PathBuf};

/// Each layer, and the modules whose names must not stand in it.
const FORBIDDEN: [(&str, &[&str]); 3] = [
    ("store", &["adapter", "chatbotkit", "binding"]),
    ("chatbotkit", &["adapter", "store", "binding"]),
    ("adapter", &["binding"]),
];

/// The only layer that may name napi.
const BINDING: &str = "binding";

#[test]
fn no_layer_names_a_layer_above_it_and_only_the_binding_names_napi() {
    let mut files = vec![];
    collect(&root(), &mut files);
    for (layer, _) in FORBIDDEN {
        let folder = root().join(layer);
        let in_layer = files.iter().filter(|file| file.starts_with(&folder));
        assert_ne!(in_layer.count(), 0, "src/{layer} is not where it was");
    }
    let offences: Vec<_> = files
        .iter()
        .flat_map(|file| {
            let source = fs::read_to_string(file).unwrap();
            let layer = layer(file);
            let named = offences(&layer, &source);
            named
                .into_iter()
                .map(|name| format!("{} names {name}", file.display()))
        })
        .collect();
    assert!(offences.is_empty(), "{offences:#?}");
}

#[test]
fn the_crate_root_hands_nothing_down_under_another_name() {
    let source = fs::read_to_string(root().join("lib.rs")).unwrap();
    let words = words(&source);
    let reexports = words.iter().any(|word| word == "use" || word == "type");
    assert!(!reexports, "a lower layer could reach an upper one by it");
}

#[test]
fn every_way_to_name_an_upper_layer_is_noticed() {
    for source in [
        "use crate::adapter::Adapter;",
        "use crate::{sync, adapter};",
        "use crate::{store::Store, adapter as upstairs};",
        "fn f() { crate::adapter::code(1, \"\"); }",
        "use super::super::adapter;",
        "use crate as root; type A = root :: adapter :: Adapter;",
        "type A = chatbotkit_nextauth::adapter::Adapter;",
        "use crate::r#adapter::Adapter;",
        "let text = \"// no comment\"; use crate::adapter;",
        "let text = r#\"a \" quote\"#; use crate::adapter;",
        "let quote = '\"'; use crate::adapter; let quote = '\"';",
        "/* a /* nested */ comment */ use crate::adapter;",
        "fn f<'a>(it: &'a str) { crate::adapter::code(1, it) }",
    ] {
        assert_eq!(offences("store", source), ["adapter"], "{source}");
    }
    assert_eq!(offences("adapter", "use crate::binding;"), ["binding"]);
    assert_eq!(offences("chatbotkit", "use crate::store;"), ["store"]);
    assert_eq!(offences("chatbotkit", "crate::store::Store"), ["store"]);
}

#[test]
fn napi_is_noticed_everywhere_but_in_the_binding() {
    for layer in ["store", "chatbotkit", "adapter", "lib.rs"] {
        assert_eq!(offences(layer, "use napi::Result;"), ["napi"]);
        assert_eq!(offences(layer, "#[napi] fn f() {}"), ["napi"]);
        assert_eq!(offences(layer, "use napi_derive::napi as n;").len(), 2);
    }
    assert!(offences(BINDING, "use napi::Result; use crate::adapter;").is_empty());
}

#[test]
fn lower_layers_words_and_fields_are_no_offence() {
    for (layer, source) in [
        ("adapter", "use crate::{chatbotkit, store};"),
        ("chatbotkit", "self.found.store(1, Ordering::Relaxed);"),
        ("store", "//! Two adapters; see crate::adapter.\nfn f() {}"),
        ("store", "const NAME: &str = \"adapter\";"),
        (
            "store",
            "/* adapter */ struct AdapterLike; let adapter_like = 1;",
        ),
        (
            "chatbotkit",
            "Self::Partner => &[\"chatbotkit\", \"store\"],",
        ),
    ] {
        assert_eq!(offences(layer, source), Vec::<String>::new(), "{source}");
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// The folder of `src` that `file` is in, or its own name.
fn layer(file: &Path) -> String {
    let path = file.strip_prefix(root()).unwrap();
    let first = path.components().next().unwrap();
    let name = first.as_os_str().to_str().unwrap();
    name.strip_suffix(".rs")
        .filter(|name| *name != "lib")
        .unwrap_or(name)
        .to_owned()
}

/// The names in `source` that must not stand in `layer`.
fn offences(layer: &str, source: &str) -> Vec<String> {
    let forbidden = FORBIDDEN.iter().find(|(name, _)| *name == layer);
    let forbidden = forbidden.map_or(&[][..], |(_, names)| names);
    let is_napi = |word: &str| word == "napi" || word.starts_with("napi_");
    let mut words = words(source);
    words.retain(|word| forbidden.contains(&&**word) || (layer != BINDING && is_napi(word)));
    words
}

/// The identifiers of `source` that can name a module: not those in comments and literals, nor
/// those after a single dot, which are fields and methods.
fn words(source: &str) -> Vec<String> {
    let chars: Vec<char> = source.chars().collect();
    let (mut words, mut at, mut previous) = (vec![], 0, ' ');
    while let Some(&char) = chars.get(at) {
        let skipped = comment(&chars[at..]).or_else(|| literal(&chars[at..]));
        if let Some(length) = skipped {
            at += length;
        } else if is_word(char) {
            let length = chars[at..].iter().take_while(|c| is_word(**c)).count();
            if previous != '.' {
                words.push(chars[at..at + length].iter().collect());
            }
            (at, previous) = (at + length, 'w');
        } else {
            if !char.is_whitespace() {
                previous = char;
            }
            at += 1;
        }
    }
    words
}

fn is_word(char: char) -> bool {
    char == '_' || char.is_alphanumeric()
}

fn begins(text: &[char], with: &str) -> bool {
    text.len() >= with.len() && text.iter().zip(with.chars()).all(|(a, b)| *a == b)
}

/// The length of the comment that `text` begins with.
fn comment(text: &[char]) -> Option<usize> {
    if begins(text, "//") {
        return Some(text.iter().take_while(|c| **c != '\n').count());
    }
    if !begins(text, "/*") {
        return None;
    }
    let (mut depth, mut at) = (0, 0);
    while at < text.len() {
        if begins(&text[at..], "/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if begins(&text[at..], "*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                return Some(at);
            }
        } else {
            at += 1;
        }
    }
    Some(at)
}

/// The length of the text or character literal that `text` begins with.
fn literal(text: &[char]) -> Option<usize> {
    if begins(text, "r\"") || begins(text, "r#\"") || begins(text, "r##\"") {
        let hashes = text[1..].iter().take_while(|c| **c == '#').count();
        let end = format!("\"{}", "#".repeat(hashes));
        let opening = hashes + 2;
        let rest = (opening..text.len()).find(|at| begins(&text[*at..], &end));
        return Some(rest.map_or(text.len(), |at| at + end.len()));
    }
    let quote = match text {
        ['\'', '\\', ..] | ['\'', _, '\'', ..] => '\'',
        ['"', ..] => '"',
        _ => return None,
    };
    let mut at = 1;
    while at < text.len() && text[at] != quote {
        at += if text[at] == '\\' { 2 } else { 1 };
    }
    Some((at + 1).min(text.len()))
}
