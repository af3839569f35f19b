import JSON

/// The documents of an archive of images.
struct ImageDocuments {
    let documents: [String: [UInt8]]
    let files: Set<String>
    let links: Set<String>

    /// True when something stands under a name.
    func holds(_ name: String) -> Bool {
        files.contains(name) || links.contains(name)
    }

    /// The bytes of a document that is needed.
    ///
    /// - Throws: `image.link` or `image.missing`.
    func bytes(_ name: String, from place: String) throws(ImageRefusal) -> [UInt8] {
        guard Self.isPath(name) else {
            throw ImageRefusal(
                "image.name", place,
                "names a document by something else than its plain path in the archive")
        }
        guard !links.contains(name) else {
            throw ImageRefusal("image.link", name, "is a link; documents must be regular files")
        }
        guard let bytes = documents[name] else {
            let problem =
                files.contains(name)
                ? "is no JSON object or list, or is larger than a document may be"
                : "is missing, and \(Name.shown(place)) refers to it; docker save --platform "
                    + "leaves out what is not there"
            throw ImageRefusal("image.missing", name, problem)
        }
        return bytes
    }

    /// A document that is needed, read strictly.
    ///
    /// - Throws: `image.link`, `image.missing`, or `image.json`.
    func value(_ name: String, from place: String) throws(ImageRefusal) -> JSONValue {
        let bytes = try bytes(name, from: place)
        do {
            return try JSONReader.value(of: bytes)
        } catch {
            throw ImageRefusal("image.json", name, "cannot be read: \(error.sentence)")
        }
    }

    /// True for a path of printable ASCII without empty, `.` and `..` parts: one spelling, that of
    /// the archive's own names.
    static func isPath(_ name: String) -> Bool {
        guard PlainText.isPlain(name) else { return false }
        let parts = name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        return parts.allSatisfy { part in
            !part.isEmpty && !part.elementsEqual(".".utf8) && !part.elementsEqual("..".utf8)
        }
    }
}

/// An object of a document whose fields Go reads into a struct.
///
/// Go matches names without case and by Unicode's folding; one spelling is accepted here, the exact
/// one, so that both read the same.
struct DocumentObject {
    private let object: JSONObject
    let place: String

    /// Makes sense of a value.
    ///
    /// - Parameters:
    ///   - value: The value.
    ///   - place: Where it stands, for messages.
    ///   - fields: The fields that are known.
    ///   - isClosed: True when there may be no others.
    /// - Throws: `image.json` when it is no object, `image.field` for a field's other spelling, and
    ///   for an unknown one.
    init(
        _ value: JSONValue, at place: String, fields: [String], isClosed: Bool = true
    ) throws(ImageRefusal) {
        guard let object = value.object else {
            throw ImageRefusal("image.json", place, "must be an object, and is \(value.kind)")
        }
        for member in object.members {
            if fields.contains(where: { $0.utf8.elementsEqual(member.name.utf8) }) { continue }
            let shown = Name.shown(member.name)
            if let field = fields.first(where: { Self.folds(member.name, into: $0) }) {
                throw ImageRefusal(
                    "image.field", place,
                    "spells the field \(field) as \(shown); only the exact name is accepted")
            }
            guard !isClosed else {
                throw ImageRefusal(
                    "image.field", place,
                    "has the field \(shown), which is not known; a newer engine may obey it")
            }
        }
        self.object = object
        self.place = place
    }

    /// A field's value; null says nothing.
    func value(_ name: String) -> JSONValue? {
        object[name].flatMap { $0 == .null ? nil : $0 }
    }

    /// A field that holds a string.
    func text(_ name: String) throws(ImageRefusal) -> String? {
        guard let value = value(name) else { return nil }
        guard let text = value.string else { throw mistyped(name, "a string", value) }
        return text
    }

    /// A field that holds a list of strings.
    func list(_ name: String) throws(ImageRefusal) -> [String] {
        var texts: [String] = []
        for value in try values(name) {
            guard let text = value.string else { throw mistyped(name, "a list of strings", value) }
            texts.append(text)
        }
        return texts
    }

    /// A field that holds a list.
    func values(_ name: String) throws(ImageRefusal) -> [JSONValue] {
        guard let value = value(name) else { return [] }
        guard let values = value.array else { throw mistyped(name, "a list", value) }
        return values
    }

    /// A field that holds strings by free names; null is empty, as for Go.
    func texts(_ name: String) throws(ImageRefusal) -> [String: String] {
        guard let value = value(name) else { return [:] }
        guard let members = value.object?.members else { throw mistyped(name, "an object", value) }
        var texts: [String: String] = [:]
        for member in members {
            guard let text = member.value == .null ? "" : member.value.string else {
                throw mistyped(name, "an object of strings", member.value)
            }
            texts[member.name] = text
        }
        return texts
    }

    private func mistyped(_ name: String, _ kind: String, _ value: JSONValue) -> ImageRefusal {
        ImageRefusal("image.json", "\(place).\(name)", "must be \(kind), and holds \(value.kind)")
    }

    /// True when Go's `encoding/json` takes a name for a field's; all our fields are ASCII, into which
    /// only U+017F and U+212A fold from outside.
    private static func folds(_ name: String, into field: String) -> Bool {
        name.unicodeScalars.map(folded).elementsEqual(field.unicodeScalars.map(folded))
    }

    private static func folded(_ scalar: Unicode.Scalar) -> UInt32 {
        switch scalar.value {
        case 0x41...0x5A: scalar.value + 0x20
        case 0x17F: 0x73
        case 0x212A: 0x6B
        default: scalar.value
        }
    }
}
