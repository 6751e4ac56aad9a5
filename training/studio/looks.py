"""How the page looks: colours that can be read, letters of the computer's own."""

from __future__ import annotations

import gradio as gr

from training.language import _

FONTS = ["system-ui", "Noto Sans CJK SC", "Microsoft YaHei", "sans-serif"]
"""Of the computer itself: gradio's own would be fetched from the network."""
STYLE = """
footer { display: none !important }
#status > div, #curves figure { margin: .6rem 0 }
#status span { margin-left: .6rem }
.suspect figure { margin: 0; font-size: .85rem }
.suspect img { width: 100%; aspect-ratio: 4 / 3; object-fit: contain }
.suspect b, .suspect small { display: block }
#own-counts .bars { display: grid; grid-template-columns: minmax(5rem, auto) 1fr auto; gap: .2rem .6rem }
#own-counts svg { width: 100%; height: .9rem } #own-counts rect { fill: #3a7d44 }
#curves img { width: 100%; max-width: 62rem; background: white }
@media (min-width: 48rem) { .row > button.lg { max-height: 3rem; align-self: center } }
button.label-wrap > span:first-child { text-align: left }
body:not(.dark) .cm-content { filter: brightness(.55) saturate(1.6) }
.dark .cm-content { filter: brightness(1.25) }
.prose code { overflow-wrap: anywhere; white-space: pre-wrap }
.dark { --color-accent: var(--primary-400) }
#studio-closed { position: fixed; inset: 0 0 auto; z-index: 10000; padding: .8rem; text-align: center;
  background: #b3541e; color: white }
.state-running { border-left: 4px solid #3a7d44; padding-left: .6rem }
.state-failed, .state-lost { border-left: 4px solid #b3541e; padding-left: .6rem }
"""


def css() -> str:
    """gradio heads every message with "Error", and has some words in English only."""
    style = STYLE + _instead(".toast-title.error", _("That did not work"))
    return style + _instead('[title="grant webcam access"] .wrap', _("Switch the webcam on"))


def _instead(selector: str, words: str) -> str:
    """These words in place of those in the element."""
    words = words.replace('"', "'")
    return f'{selector} {{ font-size: 0 }}\n{selector}::after {{ content: "{words}"; font-size: 1rem }}\n'


def theme() -> gr.themes.Base:
    """Labels and buttons are dark enough to be read: gradio's own green on light green has a contrast of two to one.

    Fields and buttons have an edge: gradio's are white on white.
    """
    return gr.themes.Soft(primary_hue="green", font=FONTS, font_mono=["ui-monospace", "monospace"]).set(
        body_background_fill="*neutral_50",
        block_border_width="1px",
        block_border_width_dark="1px",
        color_accent="*primary_700",
        link_text_color="*primary_700",
        link_text_color_dark="*primary_300",
        body_text_color_subdued="*neutral_600",
        body_text_color_subdued_dark="*neutral_300",
        input_border_width="1px",
        input_border_width_dark="1px",
        input_border_color="*neutral_500",
        input_border_color_dark="*neutral_500",
        checkbox_border_color="*neutral_500",
        checkbox_border_color_dark="*neutral_400",
        button_border_width="1px",
        button_border_width_dark="1px",
        button_secondary_border_color="*neutral_500",
        button_secondary_border_color_dark="*neutral_500",
        block_info_text_color="*neutral_600",
        block_info_text_color_dark="*neutral_400",
        block_label_text_color="*primary_800",
        block_title_text_color="*primary_800",
        button_primary_background_fill="*primary_700",
        button_primary_background_fill_hover="*primary_800",
        button_primary_background_fill_dark="*primary_700",
        button_primary_background_fill_hover_dark="*primary_600",
        block_label_background_fill_dark="*primary_800",
        block_title_background_fill_dark="*primary_800",
        block_label_text_color_dark="*primary_200",
        block_title_text_color_dark="*primary_200",
    )
