"""Plots as SVG, written as text: lines with points over two axes, on a light ground."""
import math

COLOURS = ("#1b5e9b", "#c2410c", "#2f7d32", "#7b3fa0", "#8a6d00", "#00798c")
W, H, LEFT, RIGHT, TOP, BOTTOM = 760, 420, 76, 190, 48, 58


def _escape(text):
    return str(text).replace("&", "&amp;").replace("<", "&lt;")


def _scale(values, logarithmic, start, end):
    low, high = min(values), max(values)
    if logarithmic:
        low, high = math.floor(math.log10(low) + 1e-9), math.ceil(math.log10(high) - 1e-9)
        high = high if high > low else low + 1
        steps = (1,) if high - low > 3 else (1, 2, 5)
        ticks = [m * 10.0 ** e for e in range(low, high + 1) for m in steps if m * 10.0 ** e <= 10.0 ** high]
        return ticks, lambda v: start + (math.log10(v) - low) / (high - low) * (end - start)
    step = 10 ** math.floor(math.log10(high or 1))
    step = next(s for s in (step / 5, step / 2, step, step * 2, step * 5) if high / s <= 8)
    top = math.ceil(high / step - 1e-9) * step
    return [i * step for i in range(round(top / step) + 1)], lambda v: start + v / top * (end - start)


def _number(v):
    return f"{v:,.0f}" if v >= 10 or v == int(v) else f"{v:g}"


def lines(title, x_label, y_label, series, log_x=False, log_y=False):
    """series: {name: [(x, median, least, most)]}; the SVG as text."""
    points = [p for s in series.values() for p in s]
    x_ticks, x = _scale([p[0] for p in points], log_x, LEFT, W - RIGHT)
    y_ticks, y = _scale([v for p in points for v in p[1:4]], log_y, H - BOTTOM, TOP)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {W} {H}" width="{W}" height="{H}" font-family="sans-serif" font-size="12" role="img">',
           f"<title>{_escape(title)}</title>", f'<rect width="{W}" height="{H}" fill="#ffffff"/>',
           f'<text x="{LEFT}" y="26" font-size="15" font-weight="bold" fill="#222222">{_escape(title)}</text>']
    for t in y_ticks:
        out.append(f'<line x1="{LEFT}" x2="{W - RIGHT}" y1="{y(t):.1f}" y2="{y(t):.1f}" stroke="#e3e3e3"/>'
                   f'<text x="{LEFT - 8}" y="{y(t) + 4:.1f}" text-anchor="end" fill="#444444">{_number(t)}</text>')
    for t in x_ticks:
        out.append(f'<line x1="{x(t):.1f}" x2="{x(t):.1f}" y1="{TOP}" y2="{H - BOTTOM}" stroke="#f0f0f0"/>'
                   f'<text x="{x(t):.1f}" y="{H - BOTTOM + 18}" text-anchor="middle" fill="#444444">{_number(t)}</text>')
    out.append(f'<path d="M{LEFT} {TOP}V{H - BOTTOM}H{W - RIGHT}" fill="none" stroke="#666666"/>')
    out.append(f'<text x="{(LEFT + W - RIGHT) / 2}" y="{H - 14}" text-anchor="middle" fill="#222222">{_escape(x_label)}</text>')
    out.append(f'<text transform="translate(18 {(TOP + H - BOTTOM) / 2}) rotate(-90)" text-anchor="middle" fill="#222222">{_escape(y_label)}</text>')
    for i, (name, s) in enumerate(series.items()):
        colour, dashed = COLOURS[i % len(COLOURS)], ' stroke-dasharray="6 4"' if i >= len(COLOURS) else ""
        s = sorted(s)
        for p in s:
            out.append(f'<line x1="{x(p[0]):.1f}" x2="{x(p[0]):.1f}" y1="{y(p[2]):.1f}" y2="{y(p[3]):.1f}" stroke="{colour}" opacity="0.45"/>'
                       f'<circle cx="{x(p[0]):.1f}" cy="{y(p[1]):.1f}" r="3.5" fill="{colour}"/>')
        out.append(f'<polyline points="{" ".join(f"{x(p[0]):.1f},{y(p[1]):.1f}" for p in s)}" fill="none" stroke="{colour}" stroke-width="2"{dashed}/>')
        at = TOP + 10 + i * 20
        out.append(f'<line x1="{W - RIGHT + 16}" x2="{W - RIGHT + 40}" y1="{at}" y2="{at}" stroke="{colour}" stroke-width="2"{dashed}/>'
                   f'<text x="{W - RIGHT + 46}" y="{at + 4}" fill="#222222">{_escape(name)}</text>')
    return "\n".join(out) + "\n</svg>\n"
