//! Calls go in one direction, `binding → adapter → {chatbotkit, store}`, and only the binding knows
//! Node. Rust does not check that, so this does.

use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};

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
    let names = names(&source);
    let reexports = names.iter().any(|name| name == "use" || name == "type");
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
        "macro_rules! up { () => { crate::adapter } }",
        "fn f(all: [u8; 2]) { let _ = &all[..adapter::LIMIT]; }",
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
    let is_napi = |name: &str| name == "napi" || name.starts_with("napi_");
    let mut names = names(source);
    names.retain(|name| forbidden.contains(&&**name) || (layer != BINDING && is_napi(name)));
    names
}

/// The identifiers of `source` that can name a module: all but those after a single dot, which are
/// fields and methods. Those in macros, too, which is why this reads tokens and no syntax tree.
fn names(source: &str) -> Vec<String> {
    let mut names = vec![];
    collect_names(source.parse().expect("Rust"), &mut names);
    names
}

fn collect_names(tokens: TokenStream, names: &mut Vec<String>) {
    let mut dots = 0;
    for token in tokens {
        let is_member = dots == 1;
        dots = match &token {
            TokenTree::Punct(punct) if punct.as_char() == '.' => dots + 1,
            _ => 0,
        };
        match token {
            TokenTree::Group(group) => collect_names(group.stream(), names),
            TokenTree::Ident(ident) if !is_member => {
                names.push(ident.to_string().trim_start_matches("r#").to_owned());
            }
            _ => {}
        }
    }
}
