/// The names that people give to identities, roles, levels and zones.
package enum IdentityName {
    /// What a name may be, for messages.
    package static let grammar =
        "a letter or digit, then up to 62 letters, digits, dots, dashes and underscores"

    /// True for a name that can stand in a certificate, a file name and a policy.
    package static func isValid(_ text: String) -> Bool {
        guard let first = text.utf8.first, isAlphanumeric(first), text.utf8.count <= 63 else {
            return false
        }
        return text.utf8.allSatisfy { isAlphanumeric($0) || [0x2D, 0x2E, 0x5F].contains($0) }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        0x61...0x7A ~= byte || 0x41...0x5A ~= byte || 0x30...0x39 ~= byte
    }
}
