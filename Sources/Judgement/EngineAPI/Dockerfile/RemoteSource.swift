/// Something that a build fetches: a source of `ADD` that is an address.
package struct RemoteSource: Hashable, Sendable {
    /// The address as the instruction has it, quotes undone; variables may stand in its path.
    package let address: String
    /// The scheme in small letters; `git` for `git@host:path`.
    package let scheme: String
    /// The host with its port: letters, digits, `.`, `-`, `_`, `:` and brackets; no user name.
    package let authority: String
    /// The line.
    package let line: Int

    /// What an engine, or a newer one, may take for an address.
    private static let beginnings = [
        "http://", "https://", "git://", "ssh://", "git+ssh://", "ftp://", "ftps://", "git@",
    ]

    /// Reads a source; nil for a file of the context.
    ///
    /// - Throws: `DockerfileRefusal` when variables decide whether it is an address, or where.
    init?(_ word: ShellWord, raw: [UInt8], line: Int) throws(DockerfileRefusal) {
        let known = word.prefix
        let lower = Letter.lowercase(known)
        let isWhole = word.text != nil
        guard let (scheme, start) = Self.scheme(of: lower) else {
            let mayBecome = Self.beginnings.contains { $0.utf8.starts(with: lower) }
            guard isWhole || !mayBecome else {
                throw DockerfileRefusal(
                    .address, line: line,
                    "a variable decides whether ADD copies a file or fetches an address; write "
                        + "COPY, or write the beginning out")
            }
            return nil
        }
        let end = lower[start...].firstIndex { $0 == UInt8(ascii: "/") || $0 == Letter.colon }
        let slash =
            scheme == "git" && lower.starts(with: "git@".utf8)
            ? end : lower[start...].firstIndex(of: UInt8(ascii: "/"))
        let authority = lower[start..<(slash ?? lower.endIndex)]
        guard slash != nil || isWhole, !authority.isEmpty,
            authority.allSatisfy(Self.isAuthority)
        else {
            throw DockerfileRefusal(
                .address, line: line,
                "the host of an address to ADD is not written out, or holds more than letters, "
                    + "digits, dots, dashes and a port")
        }
        self.address = Letter.string(isWhole ? known : raw)
        self.scheme = scheme
        self.authority = Letter.string(authority)
        self.line = line
    }

    /// The scheme of an address, and where its authority begins.
    private static func scheme(of text: [UInt8]) -> (String, Int)? {
        if text.starts(with: "git@".utf8) { return ("git", 4) }
        let name = text.prefix {
            Letter.isWord($0) || $0 == Letter.dash || $0 == UInt8(ascii: "+")
                || $0 == UInt8(ascii: ".")
        }
        guard !name.isEmpty, text[name.endIndex...].starts(with: "://".utf8) else { return nil }
        return (Letter.string(name), name.endIndex + 3)
    }

    private static func isAuthority(_ byte: UInt8) -> Bool {
        Letter.isWord(byte) || byte == Letter.colon || byte == Letter.dash
            || [UInt8(ascii: "."), Letter.leftBracket, UInt8(ascii: "]")].contains(byte)
    }
}
