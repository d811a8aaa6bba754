"""Structured invoices, quotations and orders: UN/CEFACT Cross Industry Invoice (Factur-X, ZUGFeRD, XRechnung, Order-X) and OASIS
UBL 2, read by our own paths over local names, so that every version's namespaces are the same."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from confrere.documents.extract.amounts import plain
from confrere.documents.extract.text import compact
from confrere.documents.model import Document, Field, Record

_LIMIT = 20_000_000
_CREDIT = frozenset(("81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "502", "503", "532"))
_ROOTS = {
    "CrossIndustryInvoice": "cii", "CrossIndustryDocument": "cii", "SCRDMCCBDACIOMessageStructure": "cii",
    "Invoice": "ubl", "CreditNote": "ubl", "DebitNote": "ubl", "Quotation": "ubl", "Order": "ubl", "OrderResponse": "ubl", "OrderChange": "ubl",
    "SelfBilledInvoice": "ubl", "SelfBilledCreditNote": "ubl",
}  # fmt: skip
_KINDS = {
    "CreditNote": "credit-note", "SelfBilledCreditNote": "credit-note", "Quotation": "quote", "Order": "other", "OrderResponse": "other",
    "OrderChange": "other",
}  # fmt: skip
"""Types of papers by the root of their XML; the others tell theirs by a code."""
_OFFERS = frozenset(("310",))
_ORDERS = frozenset(("220", "221", "224", "225", "226", "227", "230", "231", "320"))
_ASKED = ("supplier", "client", "number", "date", "due_date", "currency", "net", "tax", "supplier_vat", "client_vat", "supplier_siret",
          "supplier_siren", "iban")  # fmt: skip
"""What a page is asked for where the XML is silent. Its total never: an XML without one tells that nothing is asked."""


def read(document: Document) -> Record | None:
    """The record of the structured invoice in a document's attachments, or which the document itself is; None without one."""
    sources = [(name, data) for name, data in document.attachments.items() if _may_be(name, data)]
    sources.sort(key=lambda item: not any(word in item[0].lower() for word in ("factur-x", "zugferd", "xrechnung", "order-x")))
    if document.kind in ("xml", "text") and "<" in document.text[:200]:
        sources.append(("", document.text.encode("utf-8", "replace")))
    found = []
    for _, data in sources:
        root = _parse(data)
        record = None if root is None else _cii(root) if _ROOTS[_local(root)] == "cii" else _ubl(root)
        if record is not None:
            _apart(record)
            found.append(record)
    for other in found[1:]:
        _contradict(found[0], other)
    return found[0] if found else None


def _contradict(record: Record, other: Record) -> None:
    """Two invoices attached to one paper: what they do not agree on is nobody's word until a person looks."""
    for name in record.fields.keys() & other.fields.keys():
        if compact(record.fields[name].value) != compact(other.fields[name].value):
            record.fields[name].confidence = 0.5
            record.check[name] = "extract.xml-contradicts"


def _apart(record: Record) -> None:
    """Nobody sells to himself: where both names are one, the issuer's is left to the page."""
    supplier, client = record.fields.get("supplier"), record.fields.get("client")
    if supplier is not None and client is not None and compact(supplier.value) == compact(client.value):
        del record.fields["supplier"]


def _may_be(name: str, data: bytes) -> bool:
    return len(data) <= _LIMIT and (name.lower().endswith(".xml") or data.lstrip()[:5] in (b"<?xml", b"<rsm:"))


def _parse(data: bytes) -> Any:
    """The root of a known structured invoice, None for anything else. No entity is resolved and nothing is fetched."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False)
    text = data
    if b"\x00" not in data[:4] and data.lstrip().startswith(b"<") and not data.lstrip().startswith(b"<?xml"):
        text = data.strip()
    try:
        root = etree.fromstring(text.lstrip(b"\xef\xbb\xbf \r\n\t"), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    if _local(root) in ("StandardBusinessDocument", "XMLContainer"):
        return next((node for node in root.iter() if _local(node) in _ROOTS), None)
    return root if _local(root) in _ROOTS else None


def complete(record: Record, page: Record) -> None:
    """Add to a structured ``record`` what its XML does not hold (profiles MINIMUM and BASIC WL have no lines, no due date, no account)
    from ``page``, what was read of the document itself. What the XML does hold is left as it is."""
    if not _same_paper(record, page):
        return
    for field in _ASKED:
        value = page.fields.get(field)
        if value is None or field in record.fields or (field in ("net", "tax") and not _adds_up(record, page)):
            continue
        record.fields[field] = value
        if field in page.check and page.check[field] not in ("extract.missing",):
            record.check[field] = page.check[field]
    if not record.line_items and page.line_items:
        record.line_items = page.line_items
    if not record.taxes and page.taxes and _adds_up(record, page):
        record.taxes = page.taxes


def _same_paper(record: Record, page: Record) -> bool:
    """Whether the page tells of the paper that the XML is of: its number or its total stands on it, or it bears neither."""
    pairs = [
        (record.fields[name].value, page.fields[name].value)
        for name in ("number", "total")
        if name in record.fields and name in page.fields
    ]
    return not pairs or any(compact(ours) == compact(theirs) for ours, theirs in pairs)


def _adds_up(record: Record, page: Record) -> bool:
    """Whether net and tax, of the XML where it has them, make its total."""
    sums = [record.fields.get(name) or page.fields.get(name) for name in ("net", "tax")]
    total = record.fields.get("total")
    if total is None or any(part is None for part in sums):
        return False
    return abs(sum(Decimal(part.value) for part in sums if part is not None) - Decimal(total.value)) <= Decimal("0.02")


def _local(node: Any) -> str:
    tag = node.tag
    return tag.rsplit("}", 1)[-1] if isinstance(tag, str) else ""


def _all(node: Any, path: str) -> list[Any]:
    """The elements at a path of local names ("Seller/Name"); ``//`` at the start searches the whole tree."""
    if path.startswith("//"):
        first, _, rest = path[2:].partition("/")
        found = [child for child in node.iter() if _local(child) == first]
        return [hit for child in found for hit in (_all(child, rest) if rest else [child])]
    nodes = [node]
    for step in path.split("/"):
        nodes = [child for parent in nodes for child in parent if _local(child) == step]
    return nodes


def _text(node: Any, *paths: str) -> str:
    """The text of the first element found at one of ``paths`` that has some."""
    for path in paths:
        for hit in _all(node, path):
            value = "".join(hit.itertext()).strip()
            if value:
                return value
    return ""


def _date(text: str) -> str:
    digits = "".join(ch for ch in text if ch.isdigit())[:8]
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}" if len(digits) == 8 else ""


def _amount(text: str) -> str:
    """A decimal string; "" for what is no amount of money (NaN, an infinity, a number without end)."""
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        return ""
    return plain(value) if value.is_finite() and abs(value.adjusted()) < 15 else ""


class _Fields(dict[str, Field]):
    def give(self, name: str, value: str) -> None:
        if value:
            self[name] = Field(value=value, confidence=0.99, source="xml")


def _cii(root: Any) -> Record | None:
    fields = _Fields()
    head = "ApplicableHeaderTradeSettlement", "ApplicableSupplyChainTradeSettlement"
    settlement = next((node for name in head for node in _all(root, f"//{name}")), None)
    if settlement is None:
        return None
    seller = next(iter(_all(root, "//SellerTradeParty")), root)
    buyer = next(iter(_all(root, "//BuyerTradeParty")), None)
    paper = next(iter([*_all(root, "ExchangedDocument"), *_all(root, "HeaderExchangedDocument")]), root)
    fields.give("supplier", _text(seller, "Name", "SpecifiedLegalOrganization/TradingBusinessName", "DefinedTradeContact/PersonName"))
    if buyer is not None:
        fields.give("client", _text(buyer, "Name", "SpecifiedLegalOrganization/TradingBusinessName"))
    fields.give("number", _text(paper, "ID"))
    fields.give("date", _date(_text(paper, "IssueDateTime/DateTimeString", "IssueDateTime")))
    fields.give(
        "due_date",
        _date(_text(settlement, "SpecifiedTradePaymentTerms/DueDateDateTime/DateTimeString", "SpecifiedTradePaymentTerms/DueDateDateTime")),
    )
    fields.give("currency", _text(settlement, "InvoiceCurrencyCode", "OrderCurrencyCode").upper())
    sums = next(
        (
            node
            for name in ("SpecifiedTradeSettlementHeaderMonetarySummation", "SpecifiedTradeSettlementMonetarySummation")
            for node in _all(settlement, name)
        ),
        settlement,
    )
    fields.give("net", _amount(_text(sums, "TaxBasisTotalAmount", "LineTotalAmount")))
    own = [
        node
        for node in _all(sums, "TaxTotalAmount")
        if node.get("currencyID", fields["currency"].value if "currency" in fields else "")
        == _text(settlement, "InvoiceCurrencyCode", "OrderCurrencyCode")
    ]
    fields.give("tax", _amount(("".join(own[0].itertext()) if own else "") or _text(sums, "TaxTotalAmount")))
    fields.give("total", _amount(_text(sums, "GrandTotalAmount", "DuePayableAmount")))
    for node in _all(seller, "SpecifiedTaxRegistration/ID"):
        if node.get("schemeID", "VA") == "VA":
            fields.give("supplier_vat", "".join(node.itertext()).replace(" ", ""))
    _siret(fields, seller, "SpecifiedLegalOrganization/ID", "GlobalID")
    fields.give(
        "iban", _text(settlement, "SpecifiedTradeSettlementPaymentMeans/PayeePartyCreditorFinancialAccount/IBANID").replace(" ", "")
    )
    record = Record(type=_type(_text(paper, "TypeCode")), type_confidence=0.99, fields=fields)
    if record.type == "other" and "total" in fields:
        record.check["total"] = "extract.type-unsure"  # an order: nobody asks for this money yet
    for tax in _all(settlement, "ApplicableTradeTax"):
        _rate(record, _text(tax, "RateApplicablePercent", "ApplicablePercent"), _text(tax, "CalculatedAmount"))
    for line in _all(root, "//IncludedSupplyChainTradeLineItem"):
        quantity = next(iter([*_all(line, "//BilledQuantity"), *_all(line, "//RequestedQuantity")]), None)
        _line(
            record,
            _text(line, "SpecifiedTradeProduct/Name"),
            "" if quantity is None else "".join(quantity.itertext()).strip(),
            "" if quantity is None else quantity.get("unitCode", ""),
            _text(line, "//NetPriceProductTradePrice/ChargeAmount"),
            _text(line, "//ApplicableTradeTax/RateApplicablePercent", "//ApplicableTradeTax/ApplicablePercent"),
            _text(line, "//LineTotalAmount"),
        )
    return record


def _ubl(root: Any) -> Record | None:
    fields = _Fields()
    kind = _KINDS.get(_local(root)) or _type(_text(root, "InvoiceTypeCode"))
    seller = _party(root, "AccountingSupplierParty", "SellerSupplierParty", "SupplierParty")
    if seller is None:
        return None
    buyer = _party(root, "AccountingCustomerParty", "BuyerCustomerParty", "OriginatorCustomerParty", "CustomerParty")
    fields.give("supplier", _text(seller, "PartyLegalEntity/RegistrationName", "PartyName/Name", "Contact/Name"))
    if buyer is not None:
        fields.give("client", _text(buyer, "PartyLegalEntity/RegistrationName", "PartyName/Name", "Contact/Name"))
    fields.give("number", _text(root, "ID"))
    fields.give("date", _date(_text(root, "IssueDate")))
    ends = ("ValidityPeriod/EndDate",) if kind == "quote" else ("DueDate", "PaymentMeans/PaymentDueDate", "PaymentTerms/PaymentDueDate")
    fields.give("due_date", _date(_text(root, *ends)))
    fields.give("currency", (_text(root, "DocumentCurrencyCode", "PricingCurrencyCode") or _currency(root)).upper())
    names = ("LegalMonetaryTotal", "RequestedMonetaryTotal", "QuotedMonetaryTotal", "AnticipatedMonetaryTotal")
    sums = next((node for name in names for node in _all(root, name)), root)
    fields.give("net", _amount(_text(sums, "TaxExclusiveAmount", "LineExtensionAmount")))
    fields.give("tax", _amount(_text(root, "TaxTotal/TaxAmount")))
    fields.give("total", _amount(_text(sums, "TaxInclusiveAmount", "PayableAmount")))
    for scheme in _all(seller, "PartyTaxScheme"):
        if _text(scheme, "TaxScheme/ID") in ("VAT", ""):
            fields.give("supplier_vat", _text(scheme, "CompanyID").replace(" ", ""))
    _siret(fields, seller, "PartyLegalEntity/CompanyID", "PartyIdentification/ID")
    fields.give("iban", _text(root, "PaymentMeans/PayeeFinancialAccount/ID").replace(" ", ""))
    record = Record(type=kind, type_confidence=0.99, fields=fields)
    if kind == "other" and "total" in fields:
        record.check["total"] = "extract.type-unsure"  # an order: nobody asks for this money yet
    for tax in _all(root, "TaxTotal/TaxSubtotal"):
        _rate(record, _text(tax, "TaxCategory/Percent", "Percent"), _text(tax, "TaxAmount"))
    lines = [node for name in ("InvoiceLine", "CreditNoteLine", "DebitNoteLine") for node in _all(root, name)]
    lines += [node for name in ("QuotationLine/LineItem", "OrderLine/LineItem") for node in _all(root, name)]
    for line in lines:
        quantities = ("InvoicedQuantity", "CreditedQuantity", "DebitedQuantity", "Quantity")
        quantity = next((node for name in quantities for node in _all(line, name)), None)
        _line(
            record,
            _text(line, "Item/Name", "Item/Description"),
            "" if quantity is None else "".join(quantity.itertext()).strip(),
            "" if quantity is None else quantity.get("unitCode", ""),
            _text(line, "Price/PriceAmount"),
            _text(line, "Item/ClassifiedTaxCategory/Percent"),
            _text(line, "LineExtensionAmount"),
        )
    return record


def _party(root: Any, *names: str) -> Any:
    """The first party found under one of the names."""
    return next((node for name in names for node in _all(root, f"{name}/Party")), None)


def _currency(root: Any) -> str:
    """The currency of the first amount that bears one."""
    return next((str(node.get("currencyID")) for node in root.iter() if isinstance(node.tag, str) and node.get("currencyID")), "")


def _type(code: str) -> str:
    if code in _ORDERS or code in _OFFERS:
        return "other" if code in _ORDERS else "quote"
    return "credit-note" if code in _CREDIT else "invoice"


def _siret(fields: _Fields, seller: Any, *paths: str) -> None:
    for path in paths:
        for node in _all(seller, path):
            digits = "".join(node.itertext()).replace(" ", "")
            if digits.isdigit() and node.get("schemeID", "0002") in ("0002", "0009"):
                if len(digits) == 14:
                    fields.give("supplier_siret", digits)
                if len(digits) in (9, 14):
                    fields.give("supplier_siren", digits[:9])


def _rate(record: Record, rate: str, amount: str) -> None:
    rate, amount = _amount(rate), _amount(amount)
    if rate and amount:
        name = format(Decimal(rate).normalize(), "f")
        record.taxes[name] = plain(Decimal(record.taxes.get(name, "0")) + Decimal(amount))


def _line(record: Record, description: str, quantity: str, unit: str, price: str, rate: str, amount: str) -> None:
    line = {
        "description": " ".join(description.split()),
        "quantity": format(Decimal(_amount(quantity)).normalize(), "f") if _amount(quantity) else "",
        "unit": unit,
        "unit_price": _amount(price),
        "rate": format(Decimal(_amount(rate)).normalize(), "f") if _amount(rate) else "",
        "amount": _amount(amount),
    }
    record.line_items.append({key: value for key, value in line.items() if value})
