//! The members of a set, each with its end.

use super::entries::{Moment, NEVER, now};

/// Members in order, so that one is found without a table of its own for each set.
#[derive(Default)]
pub(super) struct Members {
    members: Vec<(Box<str>, Moment)>,
    /// The latest end of a member.
    end: Moment,
}

impl Members {
    /// Adds a member, or gives it another end.
    pub(super) fn add(&mut self, member: &str, end: Moment) {
        match self.find(member) {
            Ok(index) => {
                let earlier = std::mem::replace(&mut self.members[index].1, end);
                self.ended(earlier);
            }
            Err(_) => self.insert(member, end),
        }
        self.end = self.end.max(end);
    }

    fn insert(&mut self, member: &str, end: Moment) {
        // Before it takes more room: members that have ended need none.
        if self.members.len() == self.members.capacity() {
            let now = now();
            self.members.retain(|(_, end)| *end > now);
        }
        // One for one: most sets have one member and no other.
        if self.members.is_empty() {
            self.members.reserve_exact(1);
        }
        let (Ok(index) | Err(index)) = self.find(member);
        self.members.insert(index, (member.into(), end));
    }

    pub(super) fn remove(&mut self, member: &str) {
        if let Ok(index) = self.find(member) {
            let (_, end) = self.members.remove(index);
            self.ended(end);
        }
    }

    /// Notes that a member no longer has that end.
    fn ended(&mut self, end: Moment) {
        if end == self.end {
            let ends = self.members.iter().map(|(_, end)| *end);
            self.end = ends.max().unwrap_or_default();
        }
    }

    fn find(&self, member: &str) -> Result<usize, usize> {
        self.members
            .binary_search_by(|(other, _)| (**other).cmp(member))
    }

    /// Those that have not ended by `now`.
    pub(super) fn alive(&self, now: Moment) -> Vec<String> {
        let alive = self.members.iter().filter(|(_, end)| *end > now);
        alive.map(|(member, _)| member.to_string()).collect()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// When the last member ends.
    pub(super) fn end(&self) -> Moment {
        if self.members.is_empty() {
            NEVER
        } else {
            self.end
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_that_have_ended_make_room_for_others() {
        let mut members = Members::default();
        for number in 0..1_000 {
            members.add(&format!("ended {number}"), 0);
        }
        members.add("lasting", NEVER);
        assert!(members.members.capacity() < 10);
        assert_eq!(members.alive(now()), ["lasting"]);
    }

    #[test]
    fn a_set_ends_with_the_last_of_its_members() {
        let mut members = Members::default();
        members.add("a", 10);
        members.add("c", 30);
        members.add("b", 20);
        assert_eq!(members.end(), 30);
        members.add("c", 15);
        assert_eq!(members.end(), 20);
        members.remove("b");
        assert_eq!(members.end(), 15);
        members.add("a", NEVER);
        assert_eq!(members.end(), NEVER);
        members.remove("a");
        members.remove("c");
        assert!(members.is_empty());
    }
}
