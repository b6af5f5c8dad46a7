//! Where the API's routes are.
//!
//! The hosted API answers under `/v1/…` on a host of its own. A self-hosted platform answers the
//! same paths under `/api/v1/…` of its origin.

use reqwest::Url;

/// Which of the two generations of routes to call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Generation {
    /// `/partner/user/…`: the hosted API, and the older SDKs.
    Partner,
    /// `/user/…`: the open-source platform, and the newest SDK.
    User,
}

impl Generation {
    pub(super) fn other(self) -> Self {
        match self {
            Self::Partner => Self::User,
            Self::User => Self::Partner,
        }
    }

    fn segments(self) -> &'static [&'static str] {
        match self {
            Self::Partner => &["partner", "user"],
            Self::User => &["user"],
        }
    }
}

/// One of the API's routes. An id stands here only after [`super::is_user_id`] accepted it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Route<'a> {
    List,
    Fetch(&'a str),
    Create,
    Update(&'a str),
    Delete(&'a str),
}

impl Route<'_> {
    /// The route's name in error messages.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Fetch(_) => "fetch",
            Self::Create => "create",
            Self::Update(_) => "update",
            Self::Delete(_) => "delete",
        }
    }

    /// Whether a 404 says that the route does not exist. On the other routes it may as well say
    /// that the sub-account does not exist.
    pub(super) fn exists_unless_404(self) -> bool {
        matches!(self, Self::List | Self::Create)
    }

    /// Whether the call may be sent again after an unclear failure. A create may not.
    pub(super) fn is_repeatable(self) -> bool {
        !matches!(self, Self::Create)
    }
}

/// The URL under which all versioned routes of `base` stand.
pub(super) fn root(base: &Url) -> Url {
    let mut url = base.clone();
    url.set_query(None);
    url.set_fragment(None);
    let has_version = base.path().trim_end_matches('/').ends_with("/v1");
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty();
        if !has_version {
            if base.host_str() != Some(super::config::HOSTED_HOST) {
                path.push("api");
            }
            path.push("v1");
        }
    }
    url
}

/// The URL of `route`.
pub(super) fn url(root: &Url, generation: Generation, route: Route<'_>) -> Url {
    let mut url = root.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.extend(generation.segments());
        match route {
            Route::List | Route::Create => path.push(route.name()),
            Route::Fetch(id) | Route::Update(id) | Route::Delete(id) => {
                path.push(id).push(route.name())
            }
        };
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(base: &str, generation: Generation) -> String {
        url(&root(&Url::parse(base).unwrap()), generation, Route::List).into()
    }

    #[test]
    fn the_hosted_api_has_no_api_prefix_and_other_origins_have_one() {
        let hosted = "https://api.chatbotkit.com/v1/partner/user/list";
        assert_eq!(
            list("https://api.chatbotkit.com", Generation::Partner),
            hosted
        );
        assert_eq!(
            list("https://api.chatbotkit.com/", Generation::Partner),
            hosted
        );
        let own = "https://bots.example.com/api/v1/user/list";
        assert_eq!(list("https://bots.example.com", Generation::User), own);
    }

    #[test]
    fn a_base_that_names_the_version_is_taken_as_it_is() {
        assert_eq!(
            list("https://api.example.com/v1", Generation::User),
            "https://api.example.com/v1/user/list"
        );
        assert_eq!(
            list("https://example.com/bots/api/v1/", Generation::User),
            "https://example.com/bots/api/v1/user/list"
        );
    }

    #[test]
    fn an_id_is_one_path_segment() {
        let root = root(&Url::parse("http://localhost:1").unwrap());
        assert_eq!(
            url(&root, Generation::Partner, Route::Fetch("ck_1-a")).path(),
            "/api/v1/partner/user/ck_1-a/fetch"
        );
    }
}
