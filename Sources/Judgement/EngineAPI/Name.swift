package import Acts

/// The grammars of names, by kind of object.
package enum Name {
    /// True when the text can name an object of that kind.
    ///
    /// The grammars are those of the engine (`names.RestrictedNamePattern`, `reference.Parse`),
    /// narrowed to one spelling: no leading slash, no slash in names of containers (link paths).
    package static func isValid(_ text: String, for kind: ObjectKind) -> Bool {
        switch kind {
        case .image, .plugin: isImageReference(text)
        case .exec: (1...64).contains(text.utf8.count) && text.utf8.allSatisfy(isHexadecimal)
        case .container, .network, .volume, .task, .node: isObjectName(text)
        // Names of services are names of hosts, too (swarmkit: `manager/controlapi/common.go`).
        case .service:
            text.utf8.count <= 63 && isSwarmName(text) && !text.utf8.contains(UInt8(ascii: "."))
        case .secret, .config: text.utf8.count <= 64 && isSwarmName(text)
        case .engine: false
        }
    }

    /// A text for a message: short, and with nothing that a terminal obeys.
    package static func shown(_ text: String) -> String {
        let safe = text.unicodeScalars.prefix(64).map { scalar in
            scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) ? "?" : String(scalar)
        }
        return "\"" + safe.joined() + (text.unicodeScalars.count > 64 ? "…" : "") + "\""
    }

    /// `[a-zA-Z0-9][a-zA-Z0-9_.-]*`, 255 bytes at most.
    static func isObjectName(_ text: String) -> Bool {
        guard let first = text.utf8.first, isAlphanumeric(first), text.utf8.count <= 255 else {
            return false
        }
        return text.utf8.allSatisfy {
            isAlphanumeric($0) || $0 == 0x5F || $0 == 0x2E || $0 == 0x2D
        }
    }

    /// An object's name that ends in a letter or digit, too.
    private static func isSwarmName(_ text: String) -> Bool {
        guard let last = text.utf8.last, isAlphanumeric(last) else { return false }
        return isObjectName(text)
    }

    /// A repository with an optional host, tag and digest, or an image id; 512 bytes at most.
    static func isImageReference(_ text: String) -> Bool {
        guard let first = text.utf8.first, isAlphanumeric(first), text.utf8.count <= 512 else {
            return false
        }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        return parts.allSatisfy { part in
            guard let first = part.utf8.first, isAlphanumeric(first) else { return false }
            return part.utf8.allSatisfy {
                isAlphanumeric($0) || [0x2B, 0x2D, 0x2E, 0x3A, 0x40, 0x5F].contains($0)
            }
        }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: false
        }
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x61...0x66: true
        default: false
        }
    }
}
