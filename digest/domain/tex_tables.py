"""What each TeX macro that occurs in titles and abstracts stands for, in Unicode."""

from typing import Final


def _pairs(table: str) -> dict[str, str]:
    """Return name -> value of a table whose words alternate between the two."""
    words = table.split()
    return dict(zip(words[::2], words[1::2], strict=True))


def _words(table: str) -> frozenset[str]:
    return frozenset(table.split())


GREEK: Final = _pairs(
    """
    alpha α beta β gamma γ delta δ epsilon ε varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι
    kappa κ varkappa ϰ lambda λ mu μ nu ν xi ξ omicron ο pi π varpi ϖ rho ρ varrho ϱ sigma σ
    varsigma ς tau τ upsilon υ phi φ varphi φ chi χ psi ψ omega ω
    Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Upsilon Υ Phi Φ Psi Ψ Omega Ω
    """
)

# Written with a space on both sides where they stand between two operands.
OPERATORS: Final = _pairs(
    """
    pm ± mp ∓ times × div ÷ cdot · ast ∗ star ⋆ circ ∘ bullet • oplus ⊕ ominus ⊖ otimes ⊗
    oslash ⊘ odot ⊙ cap ∩ cup ∪ sqcap ⊓ sqcup ⊔ uplus ⊎ vee ∨ lor ∨ wedge ∧ land ∧ setminus ∖
    smallsetminus ∖ wr ≀ amalg ⨿ diamond ⋄ ltimes ⋉ rtimes ⋊ bowtie ⋈
    le ≤ leq ≤ leqslant ≤ ge ≥ geq ≥ geqslant ≥ ll ≪ gg ≫ ne ≠ neq ≠ equiv ≡ sim ∼ simeq ≃
    approx ≈ approxeq ≊ cong ≅ asymp ≍ doteq ≐ propto ∝ varpropto ∝ triangleq ≜ coloneqq ≔
    lesssim ≲ gtrsim ≳ lessapprox ⪅ gtrapprox ⪆ prec ≺ succ ≻ preceq ⪯ succeq ⪰ in ∈ notin ∉ ni ∋
    subset ⊂ supset ⊃ subseteq ⊆ supseteq ⊇ subsetneq ⊊ supsetneq ⊋ sqsubseteq ⊑ sqsupseteq ⊒
    mid ∣ nmid ∤ parallel ∥ perp ⊥ vdash ⊢ dashv ⊣ models ⊨ vDash ⊨ colon :
    to → rightarrow → longrightarrow ⟶ xrightarrow → leftarrow ← gets ← longleftarrow ⟵
    xleftarrow ← leftrightarrow ↔ longleftrightarrow ⟷ Rightarrow ⇒ Longrightarrow ⟹ implies ⟹
    Leftarrow ⇐ impliedby ⟸ Leftrightarrow ⇔ Longleftrightarrow ⟺ iff ⟺ mapsto ↦ longmapsto ⟼
    hookrightarrow ↪ hookleftarrow ↩ rightharpoonup ⇀ leadsto ⇝ rightsquigarrow ⇝
    rightleftharpoons ⇌ twoheadrightarrow ↠ nrightarrow ↛
    """
)

_OTHERS: Final = _pairs(
    """
    uparrow ↑ downarrow ↓ updownarrow ↕ Uparrow ⇑ Downarrow ⇓ nearrow ↗ searrow ↘ swarrow ↙
    nwarrow ↖ infty ∞ partial ∂ nabla ∇ forall ∀ exists ∃ nexists ∄ emptyset ∅ varnothing ∅
    neg ¬ lnot ¬ top ⊤ bot ⊥ angle ∠ triangle △ square □ Box □ blacksquare ■ bigstar ★
    sum ∑ prod ∏ coprod ∐ int ∫ iint ∬ oint ∮ bigcup ⋃ bigcap ⋂ bigoplus ⨁ bigotimes ⨂
    bigvee ⋁ bigwedge ⋀ bigsqcup ⨆ prime ′ ell ℓ hbar ℏ wp ℘ Re ℜ Im ℑ aleph ℵ beth ℶ
    langle ⟨ rangle ⟩ lceil ⌈ rceil ⌉ lfloor ⌊ rfloor ⌋ lbrace { rbrace } lbrack [ rbrack ]
    lvert | rvert | vert | lVert ‖ rVert ‖ Vert ‖ backslash \\ dots … ldots … cdots ⋯ vdots ⋮
    ddots ⋱ dotsc … dotsb ⋯ textellipsis … dag † dagger † ddag ‡ ddagger ‡ S § P ¶ pounds £
    textsterling £ euro € EUR € texteuro € textdollar $ yen ¥ textyen ¥ cent ¢ textcent ¢
    copyright © textcopyright © textregistered ® texttrademark ™ textdegree ° degree °
    textbackslash \\ textasciitilde ~ textasciicircum ^ textunderscore _ textless < textgreater >
    lt < gt > textbar | textbullet • textperiodcentered · textendash – textemdash — slash /
    textquotedblleft “ textquotedblright ” textquoteleft ‘ textquoteright ’ textquotesingle '
    lq ‘ rq ’ guillemotleft « guillemotright » textmu μ micro μ textmultiply × texttimes ×
    checkmark ✓ cmark ✓ xmark ✗ heartsuit ♥ spadesuit ♠ clubsuit ♣ diamondsuit ♦ flat ♭ sharp ♯
    natural ♮ complement ∁ eth ð therefore ∴ because ∵ surd √ And & LaTeX LaTeX LaTeXe LaTeX2ε
    TeX TeX BibTeX BibTeX
    o ø O Ø l ł L Ł ss ß aa å AA Å ae æ AE Æ oe œ OE Œ i ı j ȷ dh ð DH Ð dj đ DJ Đ th þ TH Þ
    ng ŋ NG Ŋ imath ı jmath ȷ
    """
)
SYMBOLS: Final = {**_OTHERS, **OPERATORS, **GREEK}

# In text, TeX swallows the space after these, so that "S\o ren" is one word.
LETTERS: Final = _words(
    "o O l L ss aa AA ae AE oe OE i j dh DH dj DJ th TH ng NG imath jmath",
)

FUNCTIONS: Final = _words(
    """
    log ln lg exp sin cos tan cot sec csc sinh cosh tanh arcsin arccos arctan max min sup inf lim
    limsup liminf arg argmax argmin det dim gcd hom ker Pr mod bmod deg tr Tr rank
    """
)

ABBREVIATIONS: Final = {
    "eg": "e.g.",
    "ie": "i.e.",
    "etc": "etc.",
    "etal": "et al.",
    "wrt": "w.r.t.",
    "vs": "vs.",
    "cf": "cf.",
    "aka": "a.k.a.",
    "iid": "i.i.d.",
}

# Macro -> tag of its argument; "" keeps the words and sets no tag.
TEXT_TAGS: Final = {
    **dict.fromkeys(("emph", "em"), "em"),
    **dict.fromkeys(("textit", "textsl", "it", "itshape", "sl"), "i"),
    **dict.fromkeys(("textbf", "bf", "bfseries"), "b"),
    **dict.fromkeys(("texttt", "tt", "ttfamily", "code", "lstinline"), "code"),
    "textsuperscript": "sup",
    "textsubscript": "sub",
    **dict.fromkeys(
        _words(
            """
            text textrm textsc textsf textnormal textup textmd mbox hbox fbox underline uline ul
            sout hl uppercase lowercase sc scshape sf sffamily rm rmfamily intertext
            """
        ),
        "",
    ),
}
MATH_TAGS: Final = {
    **dict.fromkeys(("mathbf", "boldsymbol", "bm", "pmb", "mathbfit"), "b"),
    **dict.fromkeys(("mathit", "mathcal", "mathscr", "mathfrak", "cal"), "i"),
    "mathtt": "code",
    **dict.fromkeys(
        _words(
            "mathrm mathsf mathnormal mathop mathbin mathrel mathord operatorname ensuremath",
        ),
        "",
    ),
}
SWITCHES: Final = _words(
    "em it itshape sl bf bfseries tt ttfamily sc scshape sf sffamily rm rmfamily cal",
)

# Set the size or the place of something, and say nothing.
SILENT: Final = _words(
    """
    left right middle big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr limits
    nolimits displaystyle textstyle scriptstyle scriptscriptstyle tiny scriptsize footnotesize
    small normalsize large Large LARGE huge Huge centering noindent xspace protect relax
    normalfont boldmath unboldmath maketitle null strut phantom mathstrut allowbreak nobreak
    leavevmode upshape mdseries hfill vfill footnotemark nonumber notag
    """
)
SPACES: Final = _words(
    "quad qquad space newline linebreak par enspace thinspace hskip smallskip medskip",
)

# Macro -> how many of its first arguments are not words: colours, lengths, labels.
# An optional argument before them is left out too.
ARGUMENTS_LEFT_OUT: Final = {
    **dict.fromkeys(
        _words(
            """
            textcolor color colorbox hspace vspace begin end label scalebox hyperlink hypertarget
            pagestyle thispagestyle bibliographystyle raisebox selectlanguage foreignlanguage
            """
        ),
        1,
    ),
    "hyperref": 0,
    **dict.fromkeys(("resizebox", "fontsize", "setlength", "rule", "setcounter"), 2),
}
REFERENCES: Final = _words(
    """
    cite citep citet citealt citealp citeauthor citeyear citeyearpar parencite textcite autocite
    footcite nocite ref eqref autoref cref Cref pageref nameref
    """
)
NOTES: Final = _words("footnote footnotetext thanks")
FRACTIONS: Final = _words("frac tfrac dfrac cfrac nicefrac sfrac")

# Combining marks. The accents of text are symbols and single letters, those of mathematics words.
TEXT_ACCENTS: Final = {
    "'": "\u0301",
    "`": "\u0300",
    "^": "\u0302",
    '"': "\u0308",
    "~": "\u0303",
    "=": "\u0304",
    ".": "\u0307",
    "u": "\u0306",
    "v": "\u030c",
    "H": "\u030b",
    "c": "\u0327",
    "k": "\u0328",
    "d": "\u0323",
    "b": "\u0331",
    "r": "\u030a",
    "t": "\u0361",
}
MATH_ACCENTS: Final = {
    **dict.fromkeys(("hat", "widehat"), "\u0302"),
    **dict.fromkeys(("tilde", "widetilde"), "\u0303"),
    **dict.fromkeys(("bar", "Bar", "overline"), "\u0304"),
    "acute": "\u0301",
    "grave": "\u0300",
    "check": "\u030c",
    "breve": "\u0306",
    "dot": "\u0307",
    "ddot": "\u0308",
    "mathring": "\u030a",
    "vec": "\u20d7",
}

DOUBLE_STRUCK: Final = {
    **{chr(65 + n): chr(0x1D538 + n) for n in range(26)},
    **{chr(97 + n): chr(0x1D552 + n) for n in range(26)},
    **{chr(48 + n): chr(0x1D7D8 + n) for n in range(10)},
    **dict(zip("CHNPQRZ", "ℂℍℕℙℚℝℤ", strict=True)),  # older than their block
}

SUPERSCRIPTS: Final = dict(
    zip(
        "0123456789+-−=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWβγδθφχ*∗†‡⋆′″°⊤",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵝᵞᵟᶿᵠᵡ*∗†‡⋆′″°ᵀ",
        strict=True,
    )
)
SUBSCRIPTS: Final = dict(
    zip(
        "0123456789+-−=()aehijklmnoprstuvxβγρφχ",
        "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ",
        strict=True,
    )
)
