/// The bridges of the networks that are made for tenants of a shared engine.
package enum TenantBridge {
    /// What the names of such bridges begin with, for the host's firewall.
    package static let prefix = "qm-"

    /// The bridge's name on the host: as long as Linux lets an interface's be (`IFNAMSIZ`, 15 bytes).
    ///
    /// - Parameter nonce: Hexadecimal digits that no other network has; eleven count.
    /// - Returns: `qm-` and eleven digits.
    package static func name(_ nonce: String) -> String {
        prefix + nonce.prefix(11)
    }
}
