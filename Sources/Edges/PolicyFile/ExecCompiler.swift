import Acts
import Policy
import ShellGrammar
import Yams

/// Reads on which terms a grant lets somebody run further programs in containers.
struct ExecCompiler {
    let reader: YAMLReader

    init(_ reader: YAMLReader) {
        self.reader = reader
    }

    /// The terms of a grant of these verbs.
    ///
    /// - Parameters:
    ///   - exec: `exec: [viewer, ops]`, the roles of which one must accept what is run.
    ///   - record: `record: true`.
    ///   - verbs: The grant's verbs.
    /// - Returns: The terms; what is wrong with them is reported.
    func read(_ exec: Node?, record: Node?, _ verbs: VerbSet) -> ExecTerms {
        if let record, record.bool == nil { reader.report("record is true or false", at: record) }
        if !verbs.verbs.contains(.exec), let node = exec ?? record {
            reader.report(
                "the grant has no verb exec, so there is nothing to say of what is run", at: node,
                hint: "write may: [exec]")
        }
        return ExecTerms(
            roles: exec.map { ShellCompiler(reader).roles($0, "exec") },
            isRecorded: record?.bool ?? false)
    }
}
