//! The texts of the lines, told a second time: names, options and headings, as the settings want them.

use winkelbrug::{
    books::LineDraft,
    profile::settings::{Lines, Options},
    translate::{Plan, TextLines},
};

use super::{Case, header::tidy};

/// SnelStart's longest line text.
const LONGEST: usize = 250;

/// What has to be read on the lines.
#[derive(Debug, Clone)]
pub struct Texts {
    /// Lines of goods: their text begins so, and says this too.
    goods: Vec<(String, Vec<String>)>,
    /// Lines of text alone.
    alone: Vec<String>,
    /// Texts that stand nowhere.
    nowhere: Vec<String>,
}

pub fn texts(case: &Case<'_>) -> Texts {
    let (order, sales) = (case.order, &case.settings.sales);
    let mut texts = Texts {
        goods: Vec::new(),
        alone: Vec::new(),
        nowhere: Vec::new(),
    };
    let own_lines = case.facts.text_lines == TextLines::Allowed;
    for line in &order.lines {
        if line.heading {
            if own_lines {
                texts.alone.push(start(&tidy(&line.name)));
            }
            continue;
        }
        if line.quantity.is_zero() || line.code.is_empty() {
            continue;
        }
        let options = line.options.iter();
        let options: Vec<String> = options
            .map(|option| tidy(&format!("{}: {}", option.name, option.value)))
            .collect();
        let name = match sales.lines {
            Lines::Full => tidy(&line.name),
            Lines::CodeAndQuantity | Lines::DescriptionFromArticle => String::new(),
        };
        let mut on_line = Vec::new();
        match sales.options {
            Options::Ignore => texts.nowhere.extend(options),
            Options::OwnLine if own_lines => {
                for option in options {
                    let all: Vec<char> = option.chars().collect();
                    texts
                        .alone
                        .extend(all.chunks(LONGEST).map(|part| part.iter().collect()));
                }
            }
            Options::OnLine | Options::OwnLine => on_line = options,
        }
        texts.goods.push((name, on_line));
    }
    texts.alone.retain(|text| !text.is_empty());
    texts
}

fn start(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}

/// # Errors
/// A text that misses, or stands where none is wanted.
pub fn agrees(texts: &Texts, plan: &Plan) -> Result<(), String> {
    let lines = &plan.order.lines;
    let says = |line: &LineDraft, name: &str, more: &[String]| {
        let cut = line.description.chars().count() >= LONGEST / 2;
        let begins =
            line.description.starts_with(name) || (cut && name.starts_with(&line.description));
        // A fraction no price fits is told before the name.
        let begins = begins
            || line.description.ends_with(name)
            || line.description.contains(&format!("× {name}"));
        begins && (cut || more.iter().all(|text| line.description.contains(text)))
    };
    for (name, more) in &texts.goods {
        let found = lines
            .iter()
            .any(|line| line.article.is_some() && says(line, name, more));
        if !found {
            return Err(format!("no line says {name:?} {more:?}"));
        }
    }
    let mut alone: Vec<&str> = lines
        .iter()
        .filter(|line| line.article.is_none())
        .map(|line| line.description.as_str())
        .collect();
    for text in &texts.alone {
        match alone
            .iter()
            .position(|known| known == text || text.starts_with(known))
        {
            Some(at) => drop(alone.remove(at)),
            None => return Err(format!("no line of text {text:?}")),
        }
    }
    let anywhere = |text: &&String| {
        lines
            .iter()
            .any(|line| line.description.contains(text.as_str()))
    };
    match texts.nowhere.iter().find(anywhere) {
        Some(text) => Err(format!("{text:?} stands there")),
        None => Ok(()),
    }
}
