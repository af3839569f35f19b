/// The label by which an object is known to have been made through this gateway for a tenant.
///
/// `v1.NONCE.CODE`: the nonce is that of the intent in our store, the code a MAC over engine, kind,
/// nonce, tenant and identity. Whoever reaches the engine's socket can copy a seal and not make one;
/// a copy names a nonce that another object has settled.
package struct Seal: Hashable, Sendable {
    /// 32 hexadecimal digits.
    package let nonce: String
    /// 64 hexadecimal digits.
    package let code: String

    /// Makes a seal of its parts.
    package init(nonce: String, code: String) {
        self.nonce = nonce
        self.code = code
    }

    /// Reads a label's value; nil when it is no seal.
    package init?(parsing text: String) {
        let parts = text.utf8.split(
            separator: UInt8(ascii: "."), maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].elementsEqual("v1".utf8),
            Self.isHexadecimal(parts[1], count: 32), Self.isHexadecimal(parts[2], count: 64)
        else { return nil }
        nonce = String(Substring(parts[1]))
        code = String(Substring(parts[2]))
    }

    /// The label's value.
    package var text: String { "v1.\(nonce).\(code)" }

    /// True for a nonce as intents have them.
    private static func isHexadecimal(_ text: Substring.UTF8View, count: Int) -> Bool {
        text.count == count && text.allSatisfy { 0x30...0x39 ~= $0 || 0x61...0x66 ~= $0 }
    }
}
