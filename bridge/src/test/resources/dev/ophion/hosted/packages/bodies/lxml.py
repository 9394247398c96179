"""XPath and XSLT with functions in Python, schemas, incremental parsing, HTML and errors."""

import io

from lxml import etree, html, objectify

from bodies import digest, refusal

STYLE = b"""<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:py="urn:python" exclude-result-prefixes="py">
  <xsl:param name="title"/>
  <xsl:template match="/shop"><h1><xsl:value-of select="$title"/></h1>
    <xsl:for-each select="item[@price > 10]"><xsl:sort select="@price" data-type="number"/>
      <p><xsl:value-of select="py:shout(string(name))"/></p></xsl:for-each>
  </xsl:template>
</xsl:stylesheet>"""

SCHEMA = b"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <xs:element name="shop"><xs:complexType><xs:sequence>
    <xs:element name="item" maxOccurs="unbounded"><xs:complexType><xs:sequence>
      <xs:element name="name" type="xs:string"/></xs:sequence>
      <xs:attribute name="price" type="xs:decimal" use="required"/></xs:complexType></xs:element>
  </xs:sequence></xs:complexType></xs:element></xs:schema>"""


def shop(items):
    root = etree.Element("shop")
    for i in range(items):
        item = etree.SubElement(root, "item", price=str(i * 7 % 23))
        etree.SubElement(item, "name").text = f"thing é{i}"
    return root


def paths(root):
    namespace = etree.FunctionNamespace("urn:python")
    namespace["shout"] = lambda _, text: text.upper() + "!"
    total = root.xpath("sum(item/@price)")
    late = root.xpath("item[position() > $n]/name/text()", n=197)
    prefixes = {"py": "urn:python"}
    found = root.xpath("//item[py:shout(string(name)) = 'THING É3!']/@price", namespaces=prefixes)
    pattern = etree.XPath(
        "count(//name[re:test(., '9$')])",
        namespaces={"re": "http://exslt.org/regular-expressions"},
    )
    return {
        "total": total,
        "late": [str(text) for text in late],
        "found": [str(value) for value in found],
        "pattern": pattern(root),
        "wrong": refusal(etree.XPathEvalError, root.xpath, "item["),
    }


def transformed(root):
    transform = etree.XSLT(etree.XML(STYLE))
    result = transform(etree.ElementTree(root), title=etree.XSLT.strparam("Things"))
    return digest(etree.tostring(result, encoding="utf-8"))


def checked(root):
    schema = etree.XMLSchema(etree.XML(SCHEMA))
    assert schema.validate(root)
    root[3].set("price", "dear")
    assert not schema.validate(root)
    return [[error.line, error.message] for error in schema.error_log]


def parsed(data):
    names = 0
    for _, element in etree.iterparse(io.BytesIO(data), tag="name"):
        names += 1
        element.clear()

    class Target:
        def __init__(self):
            self.texts = []

        def data(self, text):
            self.texts.append(text)

        def close(self):
            return "".join(self.texts)

    text = etree.fromstring(data, etree.XMLParser(target=Target()))
    page = html.fromstring("<ul><li>a<li><a href='/b?x=1&y=2'>b</ul>")
    page.make_links_absolute("https://example.org/")
    tree = objectify.fromstring("<r><n>41</n><t>true</t></r>")
    return {
        "names": names,
        "text": digest(text.encode()),
        "links": [link for _, _, link, _ in page.iterlinks()],
        "page": html.tostring(page).decode(),
        "number": int(tree.n + 1),
        "wrong": refusal(etree.XMLSyntaxError, etree.fromstring, b"<a><b></a>"),
        "entity": refusal(etree.XMLSyntaxError, etree.fromstring, b"<a>&nothing;</a>"),
    }


def run():
    root = shop(200)
    data = etree.tostring(root, xml_declaration=True, encoding="utf-8")
    canonical = etree.tostring(root, method="c14n2")
    return {
        "paths": paths(root),
        "transformed": transformed(root),
        "parsed": parsed(data),
        "canonical": digest(canonical),
        "checked": checked(root),
    }
