/// A name of an image, in the grammar of distribution/reference (github.com/distribution/reference).
///
/// The text is printable ASCII within that grammar, so two references are one when their texts are.
/// A host keeps the case in which it was written: to the engine, `Host/a` and `host/a` are two names.
package struct ImageReference: Hashable, Sendable {
    /// The registry with its port; `docker.io` unless said.
    package let host: String
    /// The repository on it, for example `library/bb`.
    package let path: String
    /// The tag; `latest` when neither tag nor digest was said, nil when only a digest was.
    package let tag: String?
    /// The digest with its algorithm; nil when none was said.
    package let digest: String?

    /// Why a text is no reference.
    package enum Failure: Error, Hashable, Sendable {
        /// Nothing, or more than any reference has.
        case size
        /// Something beside host, path, tag and digest, or in none of their grammars.
        case grammar
        /// A letter of the path is a capital.
        case capitals
        /// A digest of another algorithm, or one that is not as long as its algorithm's are; or a
        /// name that reads as one.
        case digest
        /// 64 hexadecimal digits: an id, which is no name.
        case id
        /// A path on `docker.io` whose first part reads as a host: engines leave `docker.io` out when they
        /// keep a name, and take the rest for another registry's.
        case alias
    }

    /// The registry that is meant where none is said.
    private static let usualHost = "docker.io"
    /// Its name of former times.
    private static let formerHost = "index.docker.io"
    /// The first part of a path of one part, on that registry.
    private static let usualPath = "library"
    private static let usualTag = "latest"
    /// How many digits digests have, by the algorithms that engines know (opencontainers/go-digest).
    private static let algorithms = ["sha256": 64, "sha384": 96, "sha512": 128]
    /// The most bytes of host and path together.
    private static let longestName = 255

    /// Reads a reference as a person writes it: host, `library/` and tag may be left out.
    ///
    /// - Parameter text: For example `bb`, `bb:1`, `quay.io/a/b@sha256:…`.
    /// - Throws: The first failure.
    package init(parsing text: String) throws(Failure) {
        guard (1...1024).contains(text.utf8.count) else { throw .size }
        guard !ImageName.isID(text.utf8[...]) else { throw .id }
        let (rest, digest) = try Self.splitDigest(text.utf8[...])
        let (host, remainder) = try Self.splitHost(rest)
        let (path, tag) = try Self.splitTag(remainder)
        var full = Self.text(path)
        if host == Self.usualHost, !path.contains(Self.slash) {
            full = Self.usualPath + "/" + full
        }
        let first = path.split(separator: Self.slash, maxSplits: 1).first
        if host == Self.usualHost, path.contains(Self.slash), first.map(Self.readsAsHost) == true {
            throw .alias
        }
        // `sha256:ab` would be a tag and the beginning of an id; engines make no such tag either.
        let algorithms = Self.algorithms.keys.map { Self.usualPath + "/" + $0 }
        guard host != Self.usualHost || !algorithms.contains(full) else { throw .digest }
        guard host.utf8.count + 1 + full.utf8.count <= Self.longestName else { throw .size }
        self.host = host
        self.path = full
        self.digest = digest
        self.tag = tag ?? (digest == nil ? Self.usualTag : nil)
    }

    /// Host and path, for example `docker.io/library/bb`.
    package var name: String { host + "/" + path }

    /// Everything said: `docker.io/library/bb:1`.
    package var canonical: String { name + suffix }

    /// As people write it: `bb:1`. It reads as this reference again.
    package var familiar: String {
        guard host == Self.usualHost else { return canonical }
        let parts = path.utf8.split(separator: Self.slash)
        if parts.count == 2, parts[0].elementsEqual(Self.usualPath.utf8) {
            return Self.text(parts[1]) + suffix
        }
        return path + suffix
    }

    private var suffix: String {
        (tag.map { ":" + $0 } ?? "") + (digest.map { "@" + $0 } ?? "")
    }

    // MARK: The parts

    private typealias Bytes = Substring.UTF8View

    private static let slash = UInt8(ascii: "/")
    private static let colon = UInt8(ascii: ":")
    private static let dot = UInt8(ascii: ".")

    private static func text(_ bytes: Bytes) -> String { String(decoding: bytes, as: UTF8.self) }

    private static func splitDigest(_ bytes: Bytes) throws(Failure) -> (Bytes, String?) {
        guard let at = bytes.firstIndex(of: UInt8(ascii: "@")) else { return (bytes, nil) }
        let digest = bytes[bytes.index(after: at)...]
        guard let colon = digest.firstIndex(of: colon) else { throw .digest }
        let digits = digest[digest.index(after: colon)...]
        guard digits.count == algorithms[text(digest[..<colon])],
            digits.allSatisfy(ImageName.isDigit)
        else { throw .digest }
        return (bytes[..<at], text(digest))
    }

    /// The first part is a host when it can be no path's, or is `localhost`.
    private static func splitHost(_ bytes: Bytes) throws(Failure) -> (String, Bytes) {
        guard let end = bytes.firstIndex(of: slash), readsAsHost(bytes[..<end]) else {
            return (usualHost, bytes)
        }
        guard isHost(bytes[..<end]) else { throw .grammar }
        let host = text(bytes[..<end])
        return (host == formerHost ? usualHost : host, bytes[bytes.index(after: end)...])
    }

    /// Engines differ in what a first part with capitals is (host since 2021, a bad path before):
    /// without a dot or a colon it is taken for a path, and refused.
    private static func readsAsHost(_ part: Bytes) -> Bool {
        part.contains(dot) || part.contains(colon) || part.elementsEqual("localhost".utf8)
    }

    private static func splitTag(_ bytes: Bytes) throws(Failure) -> (Bytes, String?) {
        let end = bytes.firstIndex(of: colon) ?? bytes.endIndex
        let path = bytes[..<end]
        guard !path.contains(where: { 0x41...0x5A ~= $0 }) else { throw .capitals }
        guard path.split(separator: slash, omittingEmptySubsequences: false).allSatisfy(isPart)
        else { throw .grammar }
        guard end != bytes.endIndex else { return (path, nil) }
        let tag = bytes[bytes.index(after: end)...]
        guard isTag(tag) else { throw .grammar }
        return (path, text(tag))
    }

    // MARK: The grammar

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        isPathByte(byte) || 0x41...0x5A ~= byte
    }

    /// a–z and 0–9.
    private static func isPathByte(_ byte: UInt8) -> Bool {
        0x61...0x7A ~= byte || 0x30...0x39 ~= byte
    }

    /// `[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*`
    private static func isPart(_ part: Bytes) -> Bool {
        guard let first = part.first, let last = part.last, isPathByte(first), isPathByte(last)
        else { return false }
        return part.split(whereSeparator: isPathByte).allSatisfy { separator in
            switch text(separator) {
            case ".", "_", "__": true
            default: separator.allSatisfy { $0 == UInt8(ascii: "-") }
            }
        }
    }

    /// `[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}`
    private static func isTag(_ tag: Bytes) -> Bool {
        func isWord(_ byte: UInt8) -> Bool { isLetterOrDigit(byte) || byte == UInt8(ascii: "_") }
        guard let first = tag.first, isWord(first), tag.count <= 128 else { return false }
        return tag.allSatisfy { isWord($0) || $0 == dot || $0 == UInt8(ascii: "-") }
    }

    /// A domain name, an IPv4 address or a bracketed IPv6 address, with or without a port.
    private static func isHost(_ host: Bytes) -> Bool {
        let end: Bytes.Index
        if host.first == UInt8(ascii: "[") {
            guard let close = host.firstIndex(of: UInt8(ascii: "]")) else { return false }
            let address = host[host.index(after: host.startIndex)..<close]
            end = host.index(after: close)
            guard !address.isEmpty, address.allSatisfy({ isHexadecimal($0) || $0 == colon }) else {
                return false
            }
        } else {
            end = host.firstIndex(of: colon) ?? host.endIndex
            guard
                host[..<end].split(separator: dot, omittingEmptySubsequences: false)
                    .allSatisfy(isLabel)
            else { return false }
        }
        let port = host[end...]
        return port.isEmpty
            || port.first == colon && port.count > 1
                && port.dropFirst().allSatisfy { 0x30...0x39 ~= $0 }
    }

    private static func isLabel(_ label: Bytes) -> Bool {
        guard let first = label.first, let last = label.last, isLetterOrDigit(first),
            isLetterOrDigit(last)
        else { return false }
        return label.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") }
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        ImageName.isDigit(byte) || 0x41...0x46 ~= byte
    }
}

extension ImageReference.Failure {
    /// What is wrong, for a message that names the text.
    package var words: String {
        switch self {
        case .size: "a name has 1 to 255 characters"
        case .grammar: "it is no host, path, tag and digest"
        case .capitals: "a repository has small letters only"
        case .digest: "its digest is none"
        case .id: "64 hexadecimal digits are an id"
        case .alias: "what stands behind docker.io reads as another registry"
        }
    }
}
