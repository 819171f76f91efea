//! What a task works with: one profile's settings, and everything of the data folder it may use.

use jiff::Timestamp;

use super::event::{Event, Observer, Phase};
use crate::{
    clock::SharedClock,
    failure::{Failure, Result},
    journal::{Journal, OrderId, State},
    profile::{DataDir, Secrets, Settings, settings::Form},
    shop::deploy::Side,
    stop::Stop,
    text,
    text::Text,
};

/// A profile at work.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    /// Its settings.
    pub settings: &'a Settings,
    /// The data folder.
    pub data: &'a DataDir,
    /// Secrets.
    pub secrets: &'a dyn Secrets,
    /// The journal.
    pub journal: &'a Journal,
    /// The clock.
    pub clock: &'a SharedClock,
    /// Who is told what happens.
    pub observer: &'a dyn Observer,
    /// The wish to stop.
    pub stop: &'a Stop,
}

impl<'a> Place<'a> {
    /// The profile's name.
    #[must_use]
    pub fn profile(&self) -> &'a str {
        &self.settings.name
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// What the shop's side needs.
    #[must_use]
    pub fn side(&self) -> Side<'a> {
        Side {
            settings: self.settings,
            secrets: self.secrets,
            journal: self.journal,
            clock: self.clock.clone(),
        }
    }

    /// Tells how far the run is.
    pub fn progress(&self, phase: Phase, done: u64, total: Option<u64>) {
        self.observer.tell(Event::Progress {
            profile: self.profile().to_owned(),
            phase,
            done,
            total,
        });
    }

    /// Tells whoever watches something that is no order's state.
    pub fn tell(&self, text: Text) {
        self.observer.tell(Event::Note {
            at: self.now(),
            profile: self.profile().to_owned(),
            text,
        });
    }

    /// An order came into a state: told to who watches and written down.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn order_became(
        &self,
        order: OrderId,
        number: &str,
        state: State,
        why: Option<&Text>,
    ) -> Result<()> {
        let now = self.now();
        self.observer.tell(Event::Order {
            at: now,
            profile: self.profile().to_owned(),
            number: number.to_owned(),
            state: state.name().to_owned(),
            reason: matches!(state, State::Held | State::Skipped)
                .then(|| why.cloned())
                .flatten(),
        });
        let text = why
            .cloned()
            .unwrap_or_else(|| in_words(state, self.settings.sales.form));
        self.journal
            .log(self.profile(), Some(order), state.name(), &text, None, now)
    }

    /// Writes down what was decided, asked or answered for an order.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn note(&self, order: OrderId, kind: &str, text: &Text, data: Option<&str>) -> Result<()> {
        self.journal
            .log(self.profile(), Some(order), kind, text, data, self.now())
    }

    /// Between two foreign calls: may the run go on?
    ///
    /// # Errors
    /// [`STOPPED`] when it was asked to stop.
    pub fn go_on(&self) -> Result<()> {
        if self.stop.is_asked() {
            return Err(Failure::transient(
                STOPPED,
                text!("Gestopt op verzoek.", "Stopped on request."),
            ));
        }
        Ok(())
    }
}

/// Code of the failure that ends a run because somebody asked it to stop.
pub const STOPPED: &str = "stopped";

fn in_words(state: State, form: Form) -> Text {
    match state {
        State::Seen => text!("Opgehaald uit de winkel.", "Fetched from the shop."),
        State::Planned if form == Form::Booking => text!(
            "Uitgewerkt tot verkoopboeking.",
            "Worked out as a booked invoice."
        ),
        State::Planned => text!(
            "Uitgewerkt tot verkooporder.",
            "Worked out as a sales order."
        ),
        State::Writing => text!("Wordt geschreven.", "Being written."),
        State::Written => text!("Staat in de boekhouding.", "Is in the books."),
        State::Held => text!("Wacht op u.", "Waits for you."),
        State::Skipped => text!("Overgeslagen.", "Skipped."),
    }
}
