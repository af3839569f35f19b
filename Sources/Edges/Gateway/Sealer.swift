package import Crypto
package import EngineAPI
package import Store

/// Makes seals and knows them again; the key never leaves the state directory.
package struct Sealer: Sendable {
    private let key: SymmetricKey

    /// Makes a sealer.
    ///
    /// - Parameter key: 32 bytes.
    package init(key: SymmetricKey) {
        self.key = key
    }

    /// 128 bits that nobody guesses and no object has had, in hexadecimal.
    package static func nonce() -> String {
        var generator = SystemRandomNumberGenerator()
        return hexadecimal((0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) })
    }

    /// The nonce of a new anchor, which this gateway knows again: other gateways of the engine have
    /// anchors of their own.
    package func anchorNonce() -> String {
        String(Self.nonce().prefix(24)) + ownAnchors
    }

    /// True for the nonce of an anchor of this gateway's.
    package func isAnchor(_ nonce: String) -> Bool { nonce.hasSuffix(ownAnchors) }

    private var ownAnchors: String {
        let code = HMAC<SHA256>.authenticationCode(for: Array("anchors".utf8), using: key)
        return Self.hexadecimal(Array(code.prefix(4)))
    }

    /// The seal of an object.
    package func seal(of object: OwnedObject) -> Seal {
        var code = HMAC<SHA256>(key: key)
        code.update(data: Self.message(object))
        return Seal(nonce: object.nonce, code: Self.hexadecimal(Array(code.finalize())))
    }

    /// True when a seal is that of an object. Takes the same time wherever it differs.
    package func isGenuine(_ seal: Seal, of object: OwnedObject) -> Bool {
        guard seal.nonce == object.nonce, let code = Self.bytes(seal.code) else { return false }
        return HMAC<SHA256>.isValidAuthenticationCode(
            code, authenticating: Self.message(object), using: key)
    }

    /// Each part behind its length, so that no two objects have one message.
    private static func message(_ object: OwnedObject) -> [UInt8] {
        var message = Array("quaymaster.seal.v1".utf8)
        for part in [object.engine, object.kind, object.nonce, object.tenant, object.identity] {
            let length = UInt32(part.utf8.count)
            message += (0..<4).map { UInt8(truncatingIfNeeded: length >> (24 - 8 * $0)) }
            message += part.utf8
        }
        return message
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
            as: UTF8.self)
    }

    private static func bytes(_ text: String) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count == 64 else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            let pair = String(decoding: digits[index..<index + 2], as: UTF8.self)
            guard let byte = UInt8(pair, radix: 16) else { return nil }
            bytes.append(byte)
        }
        return bytes
    }
}
