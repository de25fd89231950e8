"""TeX in titles and abstracts, as HTML and as plain Unicode: a table of golden cases."""

import pytest

from digest.domain.tex import tex_to_html, tex_to_text


@pytest.mark.parametrize(
    ("source", "text", "markup"),
    [
        # fonts
        (r"\emph{a} \textit{b} \textbf{c}", "a b c", "<em>a</em> <i>b</i> <b>c</b>"),
        (r"\texttt{x_y} \textsc{Name}", "x_y Name", "<code>x_y</code> Name"),
        (r"{\bf more x} y {\em z}", "more x y z", "<b>more x</b> y <em>z</em>"),
        (r"\textbf{a \emph{b} c}", "a b c", "<b>a <em>b</em> c</b>"),
        (r"$\bf C^\alpha$", "C^α", "<b>C<sup>α</sup></b>"),
        (r"1\textsuperscript{st}", "1ˢᵗ", "1<sup>st</sup>"),
        (r"\verb|a_b\c|", r"a_b\c", r"<code>a_b\c</code>"),
        # mathematics
        ("$x^2$ and $x_i$", "x² and xᵢ", "<i>x</i><sup>2</sup> and <i>x</i><sub><i>i</i></sub>"),
        ("$x^{n/2}$ $a_{bq}$", "x^(n/2) a_(bq)", None),
        ("$W^Q$", "W^Q", "<i>W</i><sup><i>Q</i></sup>"),
        (r"$O(n\log n)$", "O(n log n)", "<i>O</i>(<i>n</i> log <i>n</i>)"),
        (r"$\widetilde{\mathcal O}(\sqrt{T})$", "Õ(√T)", "<i>Õ</i>(√<i>T</i>)"),
        (r"$12\times$ faster", "12× faster", "12× faster"),
        (r"$k\!\geq\!10$", "k ≥ 10", "<i>k</i> ≥ 10"),
        (r"$\mathbb{R}^d$ $\mathbb E$", "ℝᵈ 𝔼", "ℝ<sup><i>d</i></sup> 𝔼"),
        (r"$\frac{a+b}{c}$ $\frac12$", "(a+b)/c 1/2", None),
        (r"$\sqrt[3]{x+1}$", "∛(x+1)", "∛(<i>x</i>+1)"),
        (r"$17.69^\circ$ 360{\deg}", "17.69° 360°", "17.69° 360°"),
        (r"$A\not\equiv s$", "A ≢ s", "<i>A</i> ≢ <i>s</i>"),
        (r"$\hat{y}$ $\hatθ$", "ŷ θ̂", "<i>ŷ</i> θ̂"),
        ("$f''(x)$ $n-1$", "f″(x) n−1", "<i>f</i>″(<i>x</i>) <i>n</i>−1"),
        (r"$\{0,1\}$", "{0,1}", "{0,1}"),
        (r"3.0\(\rightarrow\)8.4", "3.0→8.4", "3.0→8.4"),
        (r"\( \boldsymbol{x} \).", "x.", "<b>x</b>."),
        (r"so $$E=mc^2$$ holds", "so E=mc² holds", None),
        (r"$d_{\text{model}}$", "d_(model)", "<i>d</i><sub>model</sub>"),
        (r"10^{-3}", "10⁻³", "10<sup>−3</sup>"),
        (r"$\le$", "≤", "≤"),
        (r"\alpha-stable", "α-stable", "α-stable"),
        # money
        ("$5 and $10", "$5 and $10", "$5 and $10"),
        ("cost $50,000 to $500, $x$ less", "cost $50,000 to $500, x less", None),
        ("$1000/km ($247/km)", "$1000/km ($247/km)", "$1000/km ($247/km)"),
        (r"(~\$3 each)", "(~$3 each)", "(~$3 each)"),
        ("under $100. Our $k$ is $5$", "under $100. Our k is 5", None),
        # accents and letters
        (r"Andr\'e, na\"ive, Erd\H{o}s, Erd\H os", "André, naïve, Erdős, Erdős", None),
        (r"Fran\c{c}ois \v{S}koda S\o ren {\L}uk \'{\i}", "François Škoda Søren Łuk í", None),
        (r"Tol\'ul\d{o}p\'e, \ss\ \AA", "Tolúlọpé, ß Å", None),
        (r"At 1 \AA resolution, \O stergaard", "At 1 Å resolution, Østergaard", None),
        (r"Fleiss' \k{appa}, \b{eta}-VAE, \r{ho}", "Fleiss' κ, β-VAE, ρ", None),
        # signs
        (r"50\% \& \_ \# \$ \{ \}", "50% & _ # $ { }", "50% &amp; _ # $ { }"),
        ("``a'' and `b', don't", "“a” and ‘b’, don't", "“a” and ‘b’, don&#x27;t"),
        ("``mixed\" and 'plain'", "“mixed” and 'plain'", None),
        ("a---b 3--5 x -- y --help", "a—b 3–5 x – y --help", "a—b 3–5 x – y --help"),
        ("Fig.~3, about ~40, 2x~3x", "Fig. 3, about ~40, 2x~3x", None),
        ("50% of all % is kept", "50% of all % is kept", "50% of all % is kept"),
        # addresses, notes, references
        (r"\href{https://a.b/c_d}{here}", "here (https://a.b/c_d)", "here (https://a.b/c_d)"),
        (r"\href{https://a.b/c}{\texttt{a.b/c}}", "a.b/c", "a.b/c"),
        (r"\url{https://a.b/~c--d\_e%20f}", "https://a.b/~c--d_e%20f", "https://a.b/~c--d_e%20f"),
        ("https://a.b/c_d--e?f&g.", "https://a.b/c_d--e?f&g.", "https://a.b/c_d--e?f&amp;g."),
        ("https://a.b/c{this URL}", "this URL (https://a.b/c)", "this URL (https://a.b/c)"),
        (r"So~\cite[p. 3]{lee2020}.", "So [lee2020].", "So [lee2020]."),
        (r"All\footnote{Or most.} of it", "All (Or most.) of it", "All (Or most.) of it"),
        (r"\textcolor{red}{Warning} \label{x}now", "Warning now", "Warning now"),
        # unknown and broken
        (r"\ours is \gls{llm} by \sys{}", "ours is llm by sys", "ours is llm by sys"),
        (r"3\eg, x, \etc.", "3 e.g., x, etc.", "3 e.g., x, etc."),
        ("2-4times faster, R^2, snake_case", "2-4times faster, R^2, snake_case", None),
        ("14{,}056 {Grad}ient {0, 1}", "14,056 Gradient {0, 1}", "14,056 Gradient {0, 1}"),
        (r"\emph{open and }closed} too", "open and closed too", "<em>open and </em>closed too"),
        (r"\textbf{never closed", "never closed", "never closed"),
        ("lone $ and lone \\", "lone and lone", "lone and lone"),
        ("", "", ""),
        # hostile
        ('<b>x</b> & "y"', '<b>x</b> & "y"', "&lt;b&gt;x&lt;/b&gt; &amp; &quot;y&quot;"),
        (r"\emph{<script>}", "<script>", "<em>&lt;script&gt;</em>"),
        ("a\u202eb\x00c\u2066d\nnew\u2028line", "abcd new line", "abcd new line"),
        (r"\unicode{x202e}a\unicode{x2013}b", "a–b", "a–b"),
    ],
)
def test_tex_reads_as_its_author_meant_it(source: str, text: str, markup: str | None) -> None:
    assert tex_to_text(source) == text
    if markup is not None:
        assert tex_to_html(source) == markup
