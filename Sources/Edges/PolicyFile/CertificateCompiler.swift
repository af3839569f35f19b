import Acts
import Policy
import Yams

/// Reads which certificates mean an identity.
struct CertificateCompiler {
    let reader: YAMLReader
    /// The names of the authorities that are trusted beside ours; nil when that is not known.
    let trusted: Set<String>?

    /// Reads one mapping or a list of them, and adds them to a table.
    func read(_ node: Node?, of identity: String, into mappings: inout CertificateMappings) {
        guard let node else { return }
        let nodes = node.mapping == nil ? reader.list(node, "certificate") : [node]
        if nodes.isEmpty { reader.report("certificate names no certificate", at: node) }
        for node in nodes {
            guard let (name, issuer) = mapping(node) else { continue }
            if let other = mappings.map(name, of: issuer, to: identity) {
                reader.report(
                    "\(identity) and \(other) are both meant by the same certificates", at: node,
                    hint: "a certificate means one identity")
            }
        }
    }

    private func mapping(_ node: Node) -> (CertificateName, issuer: String)? {
        let kinds = CertificateName.Kind.allCases
        let record = reader.record(
            node, "certificate", known: kinds.map(\.rawValue) + ["issuer"])
        let named = kinds.filter { record[$0.rawValue] != nil }
        guard let kind = named.first, named.count == 1 else {
            reader.report(
                "a certificate is named in one way, by san, cn, spiffe or fingerprint", at: node,
                hint: "for example certificate: {spiffe: \"spiffe://ci/runner-7\"}")
            return nil
        }
        guard let text = reader.text(record[kind.rawValue], kind.rawValue) else { return nil }
        guard let name = CertificateName(kind, written: text) else {
            reader.report(
                "\"\(text)\" is no \(kind.rawValue)", at: record[kind.rawValue], hint: kind.grammar)
            return nil
        }
        guard let issuer = issuer(record["issuer"]) else { return nil }
        return (name, issuer)
    }

    private func issuer(_ node: Node?) -> String? {
        guard let node else { return IssuerName.ours }
        guard let word = reader.text(node, "issuer") else { return nil }
        guard let trusted, word != IssuerName.ours, !trusted.contains(word) else { return word }
        reader.report(
            "quaymaster.yaml trusts no authority \"\(word)\"", at: node,
            hint: trusted.isEmpty
                ? "list it there: trust: [{name: \(word), ca: \(word)-ca.pem}]"
                : Suggestion.hint(for: word, among: trusted.sorted() + [IssuerName.ours]))
        return nil
    }
}
