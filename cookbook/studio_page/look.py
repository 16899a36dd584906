"""How the page looks: Gradio's theme in calm colours, the fonts that come with it, a style sheet.

Nothing is fetched from outside: the fonts are files of Gradio's package.
"""

from __future__ import annotations

from pathlib import Path

import gradio as gr

from studio_page.words import SCRIPT

STYLES = Path(__file__).with_name("studio.css")
SYSTEM_FONTS = ("system-ui", "sans-serif")
WEIGHTS = (400, 700)

# Gradio leaves these without a name that a screen reader can tell.
NAMES = """() => {
  const names = [
    [".box textarea", "Your question"],
    [".box .stop-button", "Stop"],
    [".chat .image-container > button", "Look at the image"],
    [".box .thumbnail-item, .box .thumbnail-image", "An image of yours"],
  ];
  // The arrow of folded thoughts is a button within the button that says so.
  const arrows = ".chat .thought-group .arrow button:not([aria-hidden])";
  document.addEventListener("click", async (event) => {
    const button = event.target.closest(".copy-code, .copy-id");
    if (!button) return;
    const program = button.closest("section")?.querySelector("pre").textContent;
    await navigator.clipboard.writeText(button.dataset.copy ?? program);
    button.classList.add("copied");
    setTimeout(() => button.classList.remove("copied"), 2000);
  });
  const name = () => {
    names.forEach(([where, said]) =>
      document.querySelectorAll(`:is(${where}):not([aria-label])`).forEach(
        (control) => control.setAttribute("aria-label", said)));
    document.querySelectorAll(arrows).forEach((arrow) => {
      arrow.tabIndex = -1;
      arrow.setAttribute("aria-hidden", "true");
    });
  };
  name();
  new MutationObserver(name).observe(document.body, { childList: true, subtree: true });
LANGUAGES
}""".replace("LANGUAGES", SCRIPT)


def theme() -> gr.themes.Base:
    """Return the theme, for the light and for the dark."""
    return gr.themes.Base(
        primary_hue=gr.themes.colors.teal,
        secondary_hue=gr.themes.colors.teal,
        neutral_hue=gr.themes.colors.stone,
        radius_size=gr.themes.sizes.radius_lg,
        # Of Gradio's own fonts, these two are whole; others lack most letters.
        font=(gr.themes.LocalFont("IBM Plex Sans", weights=WEIGHTS), *SYSTEM_FONTS),
        font_mono=(gr.themes.LocalFont("IBM Plex Mono", weights=WEIGHTS), "monospace"),
    ).set(
        body_background_fill="*neutral_50",
        body_background_fill_dark="#141210",
        body_text_color="*neutral_800",
        body_text_color_dark="*neutral_200",
        body_text_color_subdued="*neutral_600",
        body_text_color_subdued_dark="*neutral_400",
        background_fill_primary="white",
        background_fill_primary_dark="#1c1a18",
        background_fill_secondary="*neutral_50",
        background_fill_secondary_dark="#141210",
        border_color_primary="*neutral_200",
        border_color_primary_dark="#35312d",
        block_border_width="0px",
        block_background_fill="transparent",
        block_background_fill_dark="transparent",
        block_padding="0px",
        block_label_background_fill="transparent",
        block_label_background_fill_dark="transparent",
        block_label_border_width="0px",
        block_title_text_color="*neutral_700",
        block_title_text_color_dark="*neutral_300",
        block_title_text_weight="600",
        block_info_text_color="*neutral_600",
        block_info_text_color_dark="*neutral_400",
        input_background_fill="white",
        input_background_fill_dark="#1c1a18",
        input_border_color="*neutral_300",
        input_border_color_dark="#45403b",
        input_border_color_focus="*primary_600",
        input_border_color_focus_dark="*primary_400",
        input_border_width="1px",
        input_shadow_focus="0 0 0 3px *primary_100",
        input_shadow_focus_dark="0 0 0 3px #0f3d38",
        panel_background_fill="transparent",
        panel_background_fill_dark="transparent",
        button_primary_background_fill="*primary_700",
        button_primary_background_fill_hover="*primary_800",
        button_primary_background_fill_dark="*primary_600",
        button_primary_background_fill_hover_dark="*primary_700",
        button_primary_text_color="white",
        button_primary_text_color_dark="white",
        button_secondary_background_fill="white",
        button_secondary_background_fill_hover="*neutral_100",
        button_secondary_background_fill_dark="#26231f",
        button_secondary_background_fill_hover_dark="#322e29",
        button_secondary_border_color="*neutral_300",
        button_secondary_border_color_dark="#45403b",
        color_accent="*primary_700",
        color_accent_soft="*primary_50",
        color_accent_soft_dark="#0f2f2b",
        checkbox_background_color_selected="*primary_700",
        checkbox_background_color_selected_dark="*primary_500",
        checkbox_border_color_selected="*primary_700",
        checkbox_border_color_selected_dark="*primary_500",
        checkbox_border_color="*neutral_400",
        checkbox_label_background_fill="transparent",
        checkbox_label_background_fill_dark="transparent",
        checkbox_label_background_fill_hover="*neutral_100",
        checkbox_label_background_fill_hover_dark="#26231f",
        checkbox_label_background_fill_selected="*primary_50",
        checkbox_label_background_fill_selected_dark="#0f2f2b",
        checkbox_label_border_width="1px",
        slider_color="*primary_700",
        slider_color_dark="*primary_500",
        link_text_color="*primary_700",
        link_text_color_dark="*primary_300",
    )
