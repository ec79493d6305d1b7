"""One text layout for all that is drawn: runs by family, measured by the shaper that draws them,
broken into lines by ICU, in the order of the Bidirectional Algorithm.

`Typesetter.block` is the way in; `engine_kit.text.block` says what comes out.
"""
