import Yams

/// Reads a YAML file strictly and remembers where everything stood.
///
/// Collects diagnostics instead of stopping at the first, so a person mends a file in one go.
final class YAMLReader {
    private(set) var diagnostics: [Diagnostic] = []
    let file: String

    /// Makes a reader.
    ///
    /// - Parameter file: The file's name for messages.
    init(file: String) {
        self.file = file
    }

    /// Composes the one document of a file.
    func document(_ text: String) -> Node? {
        do {
            guard let node = try Yams.compose(yaml: text) else {
                report("the file is empty", at: nil)
                return nil
            }
            return node
        } catch let error as YamlError {
            report(error)
        } catch {
            report("\(error)", at: nil)
        }
        return nil
    }

    var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }

    /// Notes a diagnostic at a node.
    func report(
        _ message: String, at node: Node?, hint: String? = nil,
        severity: Diagnostic.Severity = .error
    ) {
        diagnostics.append(
            Diagnostic(
                severity: severity, file: file, line: node?.mark?.line ?? 0,
                column: node?.mark?.column ?? 0, message: message, hint: hint))
    }

    private func report(_ error: YamlError) {
        switch error {
        case .scanner(let context, let problem, let mark, _),
            .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let about = context.map { " (\($0.text))" } ?? ""
            diagnostics.append(
                Diagnostic(
                    severity: .error, file: file, line: mark.line, column: mark.column,
                    message: "this is no YAML: \(problem)\(about)", hint: nil))
        case .duplicatedKeysInMapping(let keys, let context):
            diagnostics.append(
                Diagnostic(
                    severity: .error, file: file, line: context.mark.line,
                    column: context.mark.column,
                    message: "the key \(keys.joined(separator: ", ")) stands twice",
                    hint: nil))
        default: report("this is no YAML: \(error)", at: nil)
        }
    }

    // MARK: Typed reading; a node of another type is reported and read as empty.

    /// The pairs of a mapping; names are strings.
    func pairs(_ node: Node?, _ what: String) -> [(name: Node, value: Node)] {
        guard let node, !isNull(node) else { return [] }
        guard let mapping = node.mapping else {
            report("\(what) must be a mapping, for example {name: value}", at: node)
            return []
        }
        return mapping.map { ($0.key, $0.value) }
    }

    /// A mapping whose names are known; an unknown one is reported with a suggestion.
    func record(_ node: Node?, _ what: String, known: [String]) -> [String: Node] {
        var record: [String: Node] = [:]
        for (name, value) in pairs(node, what) {
            let word = name.string ?? ""
            if known.contains(word) {
                record[word] = value
            } else {
                report(
                    "unknown key \"\(word)\" in \(what)", at: name,
                    hint: Suggestion.hint(for: word, among: known))
            }
        }
        return record
    }

    /// A list; a lone scalar is a list of one.
    func list(_ node: Node?, _ what: String) -> [Node] {
        guard let node, !isNull(node) else { return [] }
        if node.scalar != nil { return [node] }
        guard let sequence = node.sequence else {
            report("\(what) must be a list, for example [a, b]", at: node)
            return []
        }
        return Array(sequence)
    }

    /// A string.
    func text(_ node: Node?, _ what: String) -> String? {
        guard let node else { return nil }
        guard let text = node.scalar?.string, !text.isEmpty else {
            report("\(what) must be a text", at: node)
            return nil
        }
        return text
    }

    /// A list of strings.
    func texts(_ node: Node?, _ what: String) -> [String] {
        list(node, what).compactMap { text($0, "an entry of " + what) }
    }

    /// A boolean.
    func bool(_ node: Node?, _ what: String) -> Bool? {
        guard let node else { return nil }
        guard let value = node.bool else {
            report("\(what) must be true or false", at: node)
            return nil
        }
        return value
    }

    private func isNull(_ node: Node) -> Bool {
        node.null != nil
    }
}
