use minijinja::context;

use super::comment::most;
use super::template::Renderer;
use super::view::View;
use crate::error::Error;

/// Bytes a mail has at most: Gmail cuts a message off at 102 kB and hides what comes behind.
const BUDGET: usize = 100_000;

/// Renders a view as mail: each list as far as all of it fits, the worst first.
///
/// # Errors
/// When the template fails, with its name and line.
pub(super) fn mail(view: &View, renderer: &Renderer) -> Result<String, Error> {
    let render = |listed: usize| renderer.render_with("mail.html", context! { listed });
    let lists = [
        view.kpis.len(),
        view.publication.differences.len(),
        view.triggers.len() + view.actions.len(),
        view.money
            .as_ref()
            .map_or(0, |money| money.credits.len().max(money.others.len())),
    ];
    let all = lists.into_iter().max().unwrap_or(0);
    let text = render(all)?;
    if text.len() <= BUDGET {
        return Ok(text);
    }
    render(most(all, |listed| Ok(render(listed)?.len() <= BUDGET))?)
}
