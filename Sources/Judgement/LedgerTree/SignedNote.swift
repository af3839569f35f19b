/// A text with signatures (C2SP signed-note).
package struct SignedNote: Hashable, Sendable {
    /// One signature line.
    package struct Signature: Hashable, Sendable {
        /// The name of the key.
        package let name: String
        /// The id of the key.
        package let id: UInt32
        /// The signature, without the id.
        package let bytes: [UInt8]

        /// Makes a signature line; nothing is verified.
        package init(name: String, id: UInt32, bytes: [UInt8]) {
            self.name = name
            self.id = id
            self.bytes = bytes
        }

        /// The line, with its end.
        package var line: String {
            let id = (0..<4).map { UInt8(truncatingIfNeeded: self.id >> UInt32(24 - 8 * $0)) }
            return "\u{2014} \(name) \(Base64.text(id + bytes))\n"
        }

        func isBy(_ key: VerifierKey) -> Bool {
            id == key.id && name.utf8.elementsEqual(key.name.utf8)
        }
    }

    /// The most bytes of a note that is read.
    package static let longest = 1 << 20
    /// The most signatures of a note that is read.
    package static let mostSignatures = 100

    /// What is signed; it ends with a line's end.
    package let text: String
    /// Who says to have signed it; nothing is verified yet.
    package private(set) var signatures: [Signature]

    /// Makes a note without signatures.
    ///
    /// - Throws: `NoteFailure.malformed` when the text has no end or holds control characters.
    package init(text: String) throws(NoteFailure) {
        guard Self.isText(text), text.utf8.last == 0x0A else {
            throw .malformed("a note's text ends a line and holds no control characters")
        }
        self.text = text
        signatures = []
    }

    /// Reads a note.
    ///
    /// - Throws: `NoteFailure.malformed`.
    package init(parsing bytes: [UInt8]) throws(NoteFailure) {
        guard bytes.count <= Self.longest, let note = String(validating: bytes, as: UTF8.self),
            Self.isText(note)
        else { throw .malformed("a note is UTF-8 without control characters, at most 1 MiB") }
        let lines = Self.lines(note)
        // The last empty line ends the text.
        guard lines.last == "", let blank = lines.dropLast().lastIndex(of: ""), blank > 0 else {
            throw .malformed("a note is a text, an empty line and signatures")
        }
        text = lines[..<blank].map { $0 + "\n" }.joined()
        let rest = lines[(blank + 1)...].dropLast()
        guard 1...Self.mostSignatures ~= rest.count else {
            throw .malformed("a note has 1 to \(Self.mostSignatures) signatures")
        }
        signatures = []
        for line in rest { signatures.append(try Self.signature(line)) }
    }

    /// Reads one signature line, without its end.
    package static func signature(_ line: some StringProtocol) throws(NoteFailure) -> Signature {
        let parts = line.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "\u{2014}", VerifierKey.isName(parts[1]),
            let bytes = Base64.bytes(parts[2]), bytes.count > 4
        else { throw .malformed("a signature line reads: em dash, name, base64") }
        let id = bytes[..<4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        return Signature(name: String(parts[1]), id: id, bytes: Array(bytes[4...]))
    }

    /// Signs with a key; an earlier signature of the same key goes.
    ///
    /// - Throws: `NoteFailure.malformed` when the key makes cosignatures, which are of checkpoints.
    package mutating func sign(with key: SignerKey) throws(NoteFailure) {
        guard key.verifier.algorithm == .ed25519 else {
            throw .malformed("the key \"\(key.verifier.name)\" cosigns checkpoints only")
        }
        add(try key.signature(of: Array(text.utf8)), by: key.verifier)
    }

    mutating func add(_ bytes: [UInt8], by key: VerifierKey) {
        signatures.removeAll { $0.isBy(key) }
        signatures.append(Signature(name: key.name, id: key.id, bytes: bytes))
    }

    /// Adds a signature line of another.
    package mutating func add(_ signature: Signature) {
        signatures.removeAll { $0.id == signature.id && $0.name == signature.name }
        signatures.append(signature)
    }

    /// The note with the signatures of these keys alone, one of each: what others have put there is no
    /// business of whoever keeps it. Nothing is verified.
    package func limited(to keys: [VerifierKey]) -> SignedNote {
        var note = self
        note.signatures = keys.compactMap { key in signatures.last { $0.isBy(key) } }
        return note
    }

    /// Verifies the signatures of one key; those of others are passed over.
    ///
    /// - Throws: `NoteFailure.unsigned`, or `.forged` when a signature names the key and is not by it.
    package func verify(by key: VerifierKey) throws(NoteFailure) {
        let message = Array(text.utf8)
        let own = signatures.filter { $0.isBy(key) }
        guard !own.isEmpty else { throw .unsigned }
        for signature in own {
            let isValid =
                switch key.algorithm {
                case .ed25519: key.isValid(signature.bytes, for: message)
                case .cosignature: Cosignature(signature.bytes)?.isValid(message, key) ?? false
                }
            guard isValid else { throw .forged(key.name) }
        }
    }

    /// The note as it is written.
    package var bytes: [UInt8] {
        Array((text + "\n" + signatures.map(\.line).joined()).utf8)
    }

    private static func isText(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 >= 0x20 || $0 == 0x0A }
    }

    /// The parts between line ends. By bytes: what combines with a line's end is a part of the next.
    private static func lines(_ text: String) -> [String] {
        text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
    }
}

extension SignedNote {
    /// Divides what carries a note behind lines of its own: the note follows the first empty line.
    ///
    /// - Parameters:
    ///   - bytes: The whole.
    ///   - what: Its name, for sentences.
    /// - Returns: The lines, and the bytes of the note.
    /// - Throws: `NoteFailure.malformed`.
    static func divide(
        _ bytes: [UInt8], _ what: String
    ) throws(NoteFailure) -> (lines: [Substring], note: [UInt8]) {
        guard bytes.count <= longest,
            let blank = zip(bytes, bytes.dropFirst()).enumerated()
                .first(where: { $1 == (0x0A, 0x0A) })?.offset,
            let head = String(validating: bytes[..<blank], as: UTF8.self)
        else { throw .malformed("\(what) is lines, an empty line and a checkpoint") }
        return (
            head.split(separator: "\n", omittingEmptySubsequences: false),
            Array(bytes[(blank + 2)...])
        )
    }
}
