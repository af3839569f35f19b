/// The name of an image, read as the engine reads it (`distribution/reference`): `bb`, `bb:1`,
/// `docker.io/library/bb:1` and `index.docker.io/bb:1` are one.
package struct ImageReference: Hashable, Sendable {
    /// The registry, with its port: `docker.io` when none is named.
    package let host: String
    /// The repository's path on the registry, `library/` included.
    package let path: String
    /// The tag; nil when a digest alone, or nothing, follows the path.
    package let tag: String?
    /// The digest, `sha256:…`; nil when there is none.
    package let digest: String?

    /// Reads a name; nil when it is none, or when it is an id.
    package init?(_ text: String) {
        guard !Self.isID(text), text.utf8.count <= 512 else { return nil }
        var rest = Substring(text).utf8
        var digest: String?
        if let at = rest.firstIndex(of: UInt8(ascii: "@")) {
            let value = String(Substring(rest[rest.index(after: at)...]))
            guard Self.isDigest(value) else { return nil }
            digest = value
            rest = rest[..<at]
        }
        let lastSlash = rest.lastIndex(of: UInt8(ascii: "/"))
        var tag: String?
        let tail = rest[(lastSlash.map { rest.index(after: $0) } ?? rest.startIndex)...]
        if let colon = tail.firstIndex(of: UInt8(ascii: ":")) {
            let value = String(Substring(rest[rest.index(after: colon)...]))
            guard Self.isTag(value) else { return nil }
            tag = value
            rest = rest[..<colon]
        }
        var parts = rest.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map { String(Substring($0)) }
        var host = "docker.io"
        if parts.count > 1, let first = parts.first, Self.isHost(first) {
            host = first.lowercased() == "index.docker.io" ? "docker.io" : first
            parts.removeFirst()
        }
        if host == "docker.io", parts.count == 1 { parts.insert("library", at: 0) }
        guard !parts.isEmpty, parts.allSatisfy(Self.isPathPart) else { return nil }
        self.host = host
        path = parts.joined(separator: "/")
        self.tag = tag
        self.digest = digest
    }

    /// The name of `repo` with another tag; an empty one leaves the name's own.
    package init?(repository: String, tag: String) {
        guard let name = ImageReference(repository), name.digest == nil else { return nil }
        if tag.isEmpty {
            self = name
            return
        }
        guard let tagged = ImageReference("\(name.host)/\(name.path):\(tag)") else { return nil }
        self = tagged
    }

    /// The one spelling: host, path, and the tag (`latest` when neither tag nor digest is named) or
    /// the digest.
    package var canonical: String {
        let name = "\(host)/\(path)"
        if let digest { return "\(name)@\(digest)" }
        return "\(name):\(tag ?? "latest")"
    }

    /// True for an image's id: 64 hexadecimal digits with or without `sha256:`, or the beginning of
    /// one behind `sha256:`.
    package static func isID(_ text: String) -> Bool {
        let bytes = text.utf8
        if bytes.starts(with: "sha256:".utf8) {
            let digits = bytes.dropFirst("sha256:".utf8.count)
            return 1...64 ~= digits.count && digits.allSatisfy(isHexadecimal)
        }
        return bytes.count == 64 && bytes.allSatisfy(isHexadecimal)
    }

    /// True for a text that the engine could take for the beginning of an id when no image has it as
    /// its name.
    package static func mayBeID(_ text: String) -> Bool {
        1...64 ~= text.utf8.count && text.utf8.allSatisfy(isHexadecimal)
    }

    // MARK: The grammar

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        0x30...0x39 ~= byte || 0x61...0x66 ~= byte
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        0x30...0x39 ~= byte || 0x61...0x7A ~= byte || 0x41...0x5A ~= byte
    }

    /// The first component is a host when it has a dot or a colon, is `localhost`, or has capitals.
    private static func isHost(_ text: String) -> Bool {
        let bytes = text.utf8
        guard
            bytes.contains(where: {
                $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ":") || 0x41...0x5A ~= $0
            }) || text == "localhost"
        else { return false }
        return bytes.allSatisfy {
            isAlphanumeric($0) || [0x2D, 0x2E, 0x3A, 0x5B, 0x5D].contains($0)
        }
    }

    private static func isTag(_ text: String) -> Bool {
        guard let first = text.utf8.first, isAlphanumeric(first) || first == 0x5F,
            text.utf8.count <= 128
        else { return false }
        return text.utf8.allSatisfy { isAlphanumeric($0) || [0x2D, 0x2E, 0x5F].contains($0) }
    }

    private static func isDigest(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count == 2, let name = parts.first, let digits = parts.last else { return false }
        let lengths = ["sha256": 64, "sha384": 96, "sha512": 128]
        return lengths[String(Substring(name))] == digits.count
            && digits.allSatisfy(isHexadecimal)
    }

    /// `[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*`
    private static func isPathPart(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        func isPlain(_ byte: UInt8) -> Bool { 0x30...0x39 ~= byte || 0x61...0x7A ~= byte }
        guard let first = bytes.first, let last = bytes.last, isPlain(first), isPlain(last) else {
            return false
        }
        let separators = bytes.split(whereSeparator: isPlain)
        return separators.allSatisfy { run in
            run.elementsEqual([0x2E]) || run.elementsEqual([0x5F]) || run.elementsEqual([0x5F, 0x5F])
                || run.allSatisfy { $0 == 0x2D }
        }
    }
}
