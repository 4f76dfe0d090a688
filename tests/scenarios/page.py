"""A small view of an HTML page for tests: a tree, the CSS selectors that the tests use, and forms filled as a browser fills them."""
import html.parser
import re
import urllib.parse

VOID = set("area base br col embed hr img input link meta source track wbr".split())


class Node:
    def __init__(self, tag, attrs, parent):
        self.tag, self.attrs, self.parent, self.children = tag, attrs, parent, []

    def __getitem__(self, name):
        return self.attrs[name]

    def get(self, name, default=None):
        return self.attrs.get(name, default)

    def walk(self):
        for child in self.children:
            if isinstance(child, Node):
                yield child
                yield from child.walk()

    @property
    def raw_text(self):
        return "".join(c.raw_text if isinstance(c, Node) else c for c in self.children)

    @property
    def text(self):
        return " ".join(self.raw_text.split())

    def all(self, selector):
        chains = [[_step(s) for s in part.split()] for part in selector.split(",")]
        return [n for n in self.walk() if any(_matches(n, chain, self) for chain in chains)]

    def one(self, selector):
        found = self.all(selector)
        assert found, f"nothing on the page matches {selector}"
        return found[0]

    def has(self, selector):
        return bool(self.all(selector))

    def outline(self):
        """The markup again, in one spelling, to compare two pages' parts."""
        parts = []
        for child in self.children:
            if isinstance(child, Node):
                attrs = "".join(f' {k}="{v}"' for k, v in sorted(child.attrs.items()))
                parts.append(f"<{child.tag}{attrs}>{child.outline()}</{child.tag}>")
            else:
                parts.append(" ".join(child.split()) if child.strip() else "")
        return "".join(parts)


def _step(text):
    tag = re.match(r"[a-z0-9*]*", text).group()
    tests = [("tag", tag, None)] if tag and tag != "*" else []
    for kind, name, attr in re.findall(r"([.#])([\w-]+)|\[([^\]]+)\]", text):
        if attr:
            name, eq, value = attr.partition("=")
            tests.append(("attr", name.rstrip("^*~"), (name[-1] if name[-1] in "^*~" else eq, value.strip("\"'")) if eq else None))
        else:
            tests.append(("class" if kind == "." else "id", name, None))
    return tests


def _fits(node, tests):
    for kind, name, value in tests:
        if kind == "tag" and node.tag != name:
            return False
        if kind == "class" and name not in node.get("class", "").split():
            return False
        if kind == "id" and node.get("id") != name:
            return False
        if kind == "attr":
            have = node.get(name)
            if have is None:
                return False
            if value:
                how, want = value
                if not {"=": have == want, "^": have.startswith(want), "*": want in have, "~": want in have.split()}[how]:
                    return False
    return True


def _matches(node, chain, root):
    if not _fits(node, chain[-1]):
        return False
    rest, up = chain[:-1], node.parent
    while rest and up is not None and up is not root.parent:
        if _fits(up, rest[-1]):
            rest = rest[:-1]
        up = up.parent
    return not rest


class _Builder(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.root = self.at = Node("#document", {}, None)

    def handle_starttag(self, tag, attrs):
        node = Node(tag, {k: v if v is not None else "" for k, v in attrs}, self.at)
        self.at.children.append(node)
        if tag not in VOID:
            self.at = node

    def handle_endtag(self, tag):
        up = self.at
        while up is not self.root and up.tag != tag:
            up = up.parent
        if up is not self.root:
            self.at = up.parent

    def handle_data(self, data):
        self.at.children.append(data)


def parse(text):
    builder = _Builder()
    builder.feed(text)
    builder.close()
    return builder.root


class Form:
    """A form as the page gave it: its fields with the values that stand in it. fields is a list of [name, value]."""

    def __init__(self, node, base):
        self.node = node
        self.action = urllib.parse.urljoin(base, node.get("action") or base)
        self.method = node.get("method", "get").lower()
        self.multipart = node.get("enctype") == "multipart/form-data"
        self.fields, self.files, self.buttons = [], [], []
        for n in node.walk():
            name, kind = n.get("name"), n.get("type", "text")
            if not name or "disabled" in n.attrs:
                continue
            if n.tag == "button" or (n.tag == "input" and kind == "submit"):
                self.buttons.append([name, n.get("value", "")])
            elif n.tag == "input" and kind == "file":
                pass
            elif n.tag == "input":
                if kind not in ("checkbox", "radio") or "checked" in n.attrs:
                    self.fields.append([name, n.get("value", "on" if kind in ("checkbox", "radio") else "")])
            elif n.tag == "textarea":
                text = n.raw_text
                self.fields.append([name, text[1:] if text.startswith("\n") else text])
            elif n.tag == "select":
                options = n.all("option")
                chosen = [o for o in options if "selected" in o.attrs]
                if not chosen and "multiple" not in n.attrs:
                    chosen = options[:1]
                self.fields += [[name, o.get("value", o.text)] for o in chosen]

    def value(self, name):
        values = self.values(name)
        return values[0] if values else None

    def values(self, name):
        return [v for n, v in self.fields if n == name]

    def set(self, **values):
        """Fills fields; a list sets a repeatable one, None takes a field out. A trailing underscore is for Python's own words."""
        for name, value in values.items():
            name = name.rstrip("_")
            at = next((i for i, f in enumerate(self.fields) if f[0] == name), len(self.fields))
            self.fields = [f for f in self.fields if f[0] != name]
            if value is not None:
                new = value if isinstance(value, list) else [value]
                self.fields[at:at] = [[name, v] for v in new]
        return self

    def options(self, name):
        return [o.get("value", o.text) for o in self.node.all(f"select[name={name}] option")] or \
               [i["value"] for i in self.node.all(f"input[name={name}]") if i.get("value")]
