/// Hides what is secret by its name, before it is shown or recorded.
///
/// Environments, arguments and logs carry secrets. A name tells: `DB_PASSWORD=…`, `--api-key …`,
/// `"token": "…"`, `Authorization: …`; so does a URL with a user in it. What no name tells stays.
package struct SecretMask: Hashable, Sendable {
    /// What stands for a secret. Its brackets cannot be typed bare: a masked line is not run by chance.
    package static let mark = "[masked]"

    /// Parts of names that tell wherever they stand.
    private static let anywhere = [
        "password", "passwd", "passphrase", "secret", "token", "credential", "apikey", "accesskey",
        "privatekey", "authorization",
    ]
    /// Parts of names that tell as a word alone: `KEY` does in `API_KEY`, not in `KEYBOARD`.
    private static let words: Set<String> = [
        "pass", "pwd", "key", "keys", "auth", "cookie", "cookies", "cred", "creds", "dsn", "jwt",
        "otp",
        "pin", "pat", "salt", "signature", "sig", "bearer", "webhook",
    ]
    /// Names that would tell and are harmless.
    private static let harmless: Set<String> = ["PWD", "OLDPWD"]

    private let added: [String]

    /// Makes a mask.
    ///
    /// - Parameter names: Names, or parts of them, that a policy lists besides; case does not matter.
    package init(adding names: [String] = []) {
        added = names.filter { !$0.isEmpty }.map { $0.lowercased() }
    }

    /// True when what has this name is secret.
    package func isSecret(name: some StringProtocol) -> Bool {
        // Times and ports, mostly.
        guard name.utf8.contains(where: { $0 > UInt8(ascii: "9") }),
            !Self.harmless.contains(String(name))
        else { return false }
        let lower = name.lowercased()
        let letters = lower.filter { $0.isLetter || $0.isNumber }
        return Self.anywhere.contains { Self.holds(letters.utf8, $0.utf8) }
            || added.contains { Self.holds(lower.utf8, $0.utf8) }
            || NameWords(name).contains { Self.words.contains($0) }
    }

    private static func holds(_ text: String.UTF8View, _ part: String.UTF8View) -> Bool {
        var rest = text[...]
        while rest.count >= part.count {
            if rest.starts(with: part) { return true }
            rest = rest.dropFirst()
        }
        return false
    }

    /// A variable's value as it may be shown.
    package func value(_ value: String, of name: String) -> String {
        isSecret(name: name) && !value.isEmpty ? Self.mark : mask(text: value)
    }

    /// A program's arguments as they may be shown.
    package func mask(arguments: [String]) -> [String] {
        var isValue = false
        return arguments.map { argument in
            defer {
                isValue =
                    argument.utf8.first == UInt8(ascii: "-")
                    && !argument.utf8.contains(UInt8(ascii: "=")) && isSecret(name: argument)
            }
            // `--token --verbose`: the option had no value.
            if isValue, argument.utf8.first != UInt8(ascii: "-") { return Self.mark }
            return mask(text: argument)
        }
    }

    /// A line of text as it may be shown.
    package func mask(text: String) -> String {
        var stream = MaskStream(self)
        return String(decoding: stream.take(text.utf8, isEnd: true), as: UTF8.self)
    }
}

/// The words of a name: `DB_PASSWORD`, `apiKey` and `api-key` have two each. In lower case.
private struct NameWords: Sequence, IteratorProtocol {
    private var rest: Substring

    init(_ name: some StringProtocol) {
        rest = Substring(name)
    }

    mutating func next() -> String? {
        rest = rest.drop { !$0.isLetter && !$0.isNumber }
        guard !rest.isEmpty else { return nil }
        var word = ""
        var wasLower = false
        while let character = rest.first, character.isLetter || character.isNumber {
            if wasLower, character.isUppercase { break }
            wasLower = character.isLowercase
            word.append(character)
            rest.removeFirst()
        }
        return word.lowercased()
    }
}
