/// The variables that stand before the first stage: only they reach what `FROM` names.
struct FileVariables {
    /// What the client gave for names, as it stands.
    let arguments: [[UInt8]: [UInt8]]
    /// The values.
    private(set) var values: [String: [UInt8]] = [:]
    private var declared = Set<String>()

    /// The longest value.
    static let limit = 32 << 10

    /// What some engines know without a declaration, others not, or only with the client's value.
    private static let predefined: Set<String> = [
        "http_proxy", "https_proxy", "ftp_proxy", "no_proxy", "all_proxy", "targetplatform",
        "targetos", "targetarch", "targetvariant", "targetstage", "buildplatform", "buildos",
        "buildarch", "buildvariant",
    ]

    /// Makes variables from build arguments; one without a value counts as not given.
    ///
    /// Swift takes U+212A for K in names, so they are compared as bytes.
    init(arguments: [String: String?]) {
        var given: [[UInt8]: [UInt8]] = [:]
        for case (let name, let value?) in arguments {
            given[Array(name.utf8)] = Array(value.utf8)
        }
        self.arguments = given
    }

    /// Declares a variable: the client's value, else the default, else none.
    mutating func declare(_ name: [UInt8], default value: [UInt8]?) {
        let key = Letter.string(name)
        declared.insert(key)
        values[key] = arguments[name] ?? value
    }

    /// Puts values into a word.
    ///
    /// - Throws: `DockerfileRefusal` for variables that engines define differently, and when the
    ///   word grows too long.
    func expand(_ word: ShellWord, _ it: Instruction) throws(DockerfileRefusal) -> [UInt8] {
        for name in word.names where !declared.contains(name) {
            let key = Letter.string(Letter.lowercase(name.utf8))
            guard !Self.predefined.contains(key) else {
                throw it.refusal(
                    .variable,
                    "\(name) has a value of its own in BuildKit or newer engines only; declare "
                        + "ARG \(name)=… before the first FROM")
            }
        }
        guard let value = word.value(values, limit: Self.limit) else {
            throw it.refusal(
                .expansion, "a variable's value is longer than \(Self.limit >> 10) KiB")
        }
        return value
    }
}
