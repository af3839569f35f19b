/// The stages of a Dockerfile, as the builder knows them while it goes through the file.
struct StageTable {
    /// The names of all stages, small letters; a name that stands twice is refused later.
    private let all: Set<String>
    /// The stages that are complete, by name.
    private var complete = Set<String>()
    /// The name of the stage that is being built.
    private var current: String?
    /// How many stages have begun.
    private(set) var count = 0

    /// Makes a table for a file whose stages have these names.
    init(names: [String]) {
        all = Set(names)
    }

    /// True when a complete stage has the name, which is in small letters.
    func has(_ name: String) -> Bool {
        complete.contains(name)
    }

    /// True when any stage of the file has the name, which is in small letters.
    func knows(_ name: String) -> Bool {
        all.contains(name)
    }

    /// Ends the stage that is being built and begins another.
    mutating func begin(_ name: String?) {
        if let current { complete.insert(current) }
        current = name
        count += 1
    }

    /// The name that a word like `AS` in the middle of three gives a stage; nil for other words.
    ///
    /// - Throws: `DockerfileRefusal` when the name is not one.
    static func name(
        in words: [ArraySlice<UInt8>], line: Int
    ) throws(DockerfileRefusal) -> String? {
        if words.count == 1 { return nil }
        guard words.count == 3, Letter.lowercase(words[1]).elementsEqual("as".utf8) else {
            throw DockerfileRefusal(
                .arguments, line: line, "FROM takes an image, or an image, AS and a name")
        }
        let name = Letter.lowercase(words[2])
        let isName = name.allSatisfy {
            Letter.isWord($0) || $0 == Letter.dash || $0 == UInt8(ascii: ".")
        }
        guard let first = name.first, 0x61...0x7A ~= first, isName else {
            throw DockerfileRefusal(
                .stage, line: line,
                "a stage's name begins with a letter and holds letters, digits, - _ and .")
        }
        guard !name.elementsEqual("scratch".utf8) else {
            throw DockerfileRefusal(
                .stage, line: line, "no stage may be called scratch: FROM scratch would mean it")
        }
        return Letter.string(name)
    }
}
