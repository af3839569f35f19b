package import Crypto

/// What a signature by a key says (C2SP signed-note, signature types).
package enum NoteAlgorithm: UInt8, Hashable, Sendable {
    /// An Ed25519 signature over the note's text.
    case ed25519 = 0x01
    /// A timestamped Ed25519 cosignature of a checkpoint (C2SP tlog-cosignature, v1).
    case cosignature = 0x04
}

/// A key that signatures of notes are verified with: `NAME+ID+BASE64` (C2SP signed-note, vkey).
package struct VerifierKey: Hashable, Sendable {
    /// Whose key it is: not empty, without blanks and plus signs.
    package let name: String
    /// What its signatures say.
    package let algorithm: NoteAlgorithm
    /// The first four bytes of the hash of name, algorithm and key: which key of that name it is.
    package let id: UInt32
    private let bytes: [UInt8]

    /// Makes a key of an Ed25519 public key.
    ///
    /// - Throws: `NoteFailure.malformed` when the name cannot be one.
    package init(
        name: String, _ algorithm: NoteAlgorithm, _ key: Curve25519.Signing.PublicKey
    ) throws(NoteFailure) {
        try self.init(name: name, algorithm, Array(key.rawRepresentation))
    }

    private init(
        name: String, _ algorithm: NoteAlgorithm, _ bytes: [UInt8]
    ) throws(NoteFailure) {
        guard Self.isName(name) else {
            throw .malformed("a key's name is not empty and has no blanks and plus signs")
        }
        self.name = name
        self.algorithm = algorithm
        self.bytes = bytes
        var hash = SHA256()
        hash.update(data: Array(name.utf8) + [0x0A, algorithm.rawValue] + bytes)
        id = hash.finalize().prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// Reads a key's text.
    ///
    /// - Throws: `NoteFailure.malformed` when it is not exactly what `text` would write.
    package init(parsing text: String) throws(NoteFailure) {
        let parts = text.split(
            separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let id = NoteKeyText.id(parts[1]),
            let bytes = Base64.bytes(parts[2]), bytes.count == 33,
            let algorithm = NoteAlgorithm(rawValue: bytes[0])
        else { throw .malformed("a verifier key reads NAME+ID+BASE64, with an Ed25519 key") }
        try self.init(name: String(parts[0]), algorithm, Array(bytes[1...]))
        guard id == self.id else {
            throw .malformed("the key's id is not that of its name and bytes")
        }
    }

    /// The key's text, which anybody may know.
    package var text: String {
        "\(name)+\(NoteKeyText.hexadecimal(id))+\(Base64.text([algorithm.rawValue] + bytes))"
    }

    /// True when a signature is by this key. Cosignatures have a message of their own.
    func isValid(_ signature: some Collection<UInt8>, for message: [UInt8]) -> Bool {
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: bytes) else {
            return false
        }
        return key.isValidSignature(Array(signature), for: message)
    }

    /// True for what may be a key's name.
    static func isName(_ name: some StringProtocol) -> Bool {
        !name.isEmpty
            && name.unicodeScalars.allSatisfy {
                $0 != "+" && $0.value >= 0x20 && !$0.properties.isWhitespace
            }
    }
}

/// A key that notes are signed with: `PRIVATE+KEY+NAME+ID+BASE64` (C2SP signed-note, as Go's
/// `golang.org/x/mod/sumdb/note` writes it).
package struct SignerKey: Sendable {
    private let key: Curve25519.Signing.PrivateKey
    /// What its signatures are verified with.
    package let verifier: VerifierKey

    /// Makes a key.
    ///
    /// - Throws: `NoteFailure.malformed` when the name cannot be one.
    package init(
        name: String, _ algorithm: NoteAlgorithm, _ key: Curve25519.Signing.PrivateKey = .init()
    ) throws(NoteFailure) {
        self.key = key
        verifier = try VerifierKey(name: name, algorithm, key.publicKey)
    }

    /// Reads a key's text.
    ///
    /// - Throws: `NoteFailure.malformed` when it is not exactly what `text` would write.
    package init(parsing text: String) throws(NoteFailure) {
        let failure = NoteFailure.malformed("a signer key reads PRIVATE+KEY+NAME+ID+BASE64")
        let parts = text.split(
            separator: "+", maxSplits: 4, omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0] == "PRIVATE", parts[1] == "KEY",
            let id = NoteKeyText.id(parts[3]), let bytes = Base64.bytes(parts[4]),
            bytes.count == 33, let algorithm = NoteAlgorithm(rawValue: bytes[0]),
            let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: bytes[1...])
        else { throw failure }
        try self.init(name: String(parts[2]), algorithm, key)
        guard id == verifier.id else { throw failure }
    }

    /// The key's text, which is a secret.
    package var text: String {
        let bytes = [verifier.algorithm.rawValue] + Array(key.rawRepresentation)
        return "PRIVATE+KEY+\(verifier.name)+\(NoteKeyText.hexadecimal(verifier.id))+"
            + Base64.text(bytes)
    }

    func signature(of message: [UInt8]) throws(NoteFailure) -> [UInt8] {
        do {
            return Array(try key.signature(for: message))
        } catch {
            throw .malformed("the key \"\(verifier.name)\" cannot sign: \(error)")
        }
    }
}

extension SignerKey: CustomStringConvertible {
    /// Not the key.
    package var description: String { "<redacted>" }
}

/// How the parts of keys are written.
enum NoteKeyText {
    static func hexadecimal(_ id: UInt32) -> String {
        let text = String(id, radix: 16)
        return String(repeating: "0", count: 8 - text.count) + text
    }

    static func id(_ text: some StringProtocol) -> UInt32? {
        guard text.utf8.count == 8,
            text.utf8.allSatisfy({ 0x30...0x39 ~= $0 || 0x61...0x66 ~= $0 })
        else { return nil }
        return UInt32(text, radix: 16)
    }

    /// A decimal number without leading zeros.
    static func number(_ text: some StringProtocol) -> UInt64? {
        guard text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), text == "0" || text.first != "0"
        else { return nil }
        return UInt64(text)
    }
}
