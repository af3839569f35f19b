/// Labels that the gateway stamps on what a tenant makes.
package enum StampedLabel {
    /// What every label of ours begins with; clients' own labels under it are dropped.
    private static let prefix = "quaymaster."
    /// The tenant that owns the object.
    package static let tenant = "quaymaster.tenant"
    /// The identity that made it.
    package static let identity = "quaymaster.identity"

    /// True when instructions may set such a label, however they are quoted or escaped, or made
    /// of variables.
    static func isMentioned(in instructions: String) -> Bool {
        // Quotes and escapes go, and so do line ends: a backslash joins the next line.
        let plain = String(
            decoding: instructions.lowercased().utf8.filter {
                !Array("\\\"'`\r\n".utf8).contains($0)
            },
            as: UTF8.self)
        return plain.contains(prefix) || (plain.contains("label") && plain.contains("$"))
    }

    /// True for labels that only we may set.
    package static func isReserved(_ name: String) -> Bool {
        isReserved(name.utf8)
    }

    /// True for labels that only we may set; the name as bytes.
    static func isReserved(_ name: some Collection<UInt8>) -> Bool {
        Letter.lowercase(name.prefix(prefix.utf8.count)).elementsEqual(prefix.utf8)
    }
}
