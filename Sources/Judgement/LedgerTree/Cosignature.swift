/// A witness's statement that a checkpoint is consistent with all that it has seen of the log
/// (C2SP tlog-cosignature, v1).
package struct Cosignature: Hashable, Sendable {
    /// When it was made, in seconds since 1970.
    package let time: UInt64
    private let signature: [UInt8]

    /// Takes a signature of a note apart.
    ///
    /// - Returns: nil when it is not 8 bytes of time and an Ed25519 signature.
    init?(_ bytes: [UInt8]) {
        guard bytes.count == 72 else { return nil }
        time = bytes[..<8].reduce(0) { $0 << 8 | UInt64($1) }
        guard time <= UInt64(Int64.max) else { return nil }
        signature = Array(bytes[8...])
    }

    func isValid(_ text: [UInt8], _ key: VerifierKey) -> Bool {
        key.isValid(signature, for: Self.message(text, at: time))
    }

    static func message(_ text: [UInt8], at time: UInt64) -> [UInt8] {
        Array("cosignature/v1\ntime \(time)\n".utf8) + text
    }
}

extension SignedNote {
    /// Cosigns a checkpoint.
    ///
    /// - Parameters:
    ///   - key: A key of a witness.
    ///   - time: Now, in seconds since 1970.
    /// - Throws: `NoteFailure.malformed` when the key is not a witness's.
    package mutating func cosign(with key: SignerKey, at time: UInt64) throws(NoteFailure) {
        guard key.verifier.algorithm == .cosignature, time <= UInt64(Int64.max) else {
            throw .malformed("the key \"\(key.verifier.name)\" makes no cosignatures")
        }
        let stamp = (0..<8).map { UInt8(truncatingIfNeeded: time >> UInt64(56 - 8 * $0)) }
        let message = Cosignature.message(Array(text.utf8), at: time)
        add(stamp + (try key.signature(of: message)), by: key.verifier)
    }

    /// The newest time at which a witness has cosigned; `verify(by:)` says whether that is true.
    package func cosignedAt(by key: VerifierKey) -> UInt64? {
        signatures.filter { $0.isBy(key) }.compactMap { Cosignature($0.bytes)?.time }.max()
    }
}
