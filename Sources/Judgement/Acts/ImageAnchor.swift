/// The name under which an engine keeps a tenant's image: never computed from the tenant's own name of
/// it, and of a host that never resolves (RFC 6761, section 6.4).
///
/// As an engine says it: `quaymaster.invalid/4f…e1:red`. The tag is for people.
package struct ImageAnchor: Hashable, Sendable {
    /// 32 hexadecimal digits that no other anchor has.
    package let nonce: String
    /// Whose image it keeps.
    package let tenant: String

    /// The host of all anchors.
    package static let host = "quaymaster.invalid"

    /// Makes an anchor.
    ///
    /// - Parameters:
    ///   - nonce: 32 hexadecimal digits.
    ///   - tenant: Whose image it will keep.
    package init(nonce: String, tenant: String) {
        self.nonce = nonce
        self.tenant = tenant
    }

    /// Reads what an engine calls an image; nil when it is no anchor.
    package init?(parsing text: String) {
        guard let name = ImageReference(text), name.host == Self.host, name.digest == nil,
            let tenant = name.tag, name.path.utf8.count == 32,
            name.path.utf8.allSatisfy(ImageName.isDigit)
        else { return nil }
        self.init(nonce: name.path, tenant: tenant)
    }

    /// Host and path.
    package var repository: String { Self.host + "/" + nonce }

    /// All of it.
    package var name: String { repository + ":" + tenant }

    /// True for names that clients do not give, nor see: those of our host, however it is written.
    package static func isReserved(_ name: ImageReference) -> Bool {
        let end = name.host.utf8.firstIndex(of: UInt8(ascii: ":")) ?? name.host.utf8.endIndex
        return String(name.host[..<end]).lowercased() == host
    }
}

/// An image that is made for a tenant: what the engine calls it, and what the tenant does.
package struct ImageNaming: Hashable, Sendable {
    /// What the engine is told.
    package let anchor: ImageAnchor
    /// The tenant's name in canonical spelling; "" for none.
    package let reference: String

    /// Puts them together.
    package init(_ anchor: ImageAnchor, as reference: String) {
        self.anchor = anchor
        self.reference = reference
    }

    /// The tenant's name as people write it; "" for none.
    package var familiar: String { ImageReference(reference)?.familiar ?? reference }
}
