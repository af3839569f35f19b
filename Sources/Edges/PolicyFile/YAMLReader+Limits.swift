import Acts
import Yams

extension YAMLReader {
    /// How much somebody may take up, by the names of means; nil when nothing is said.
    func limits(_ node: Node?, of means: [Means]) -> [Means: Int]? {
        guard let node else { return nil }
        var limits: [Means: Int] = [:]
        for (name, value) in record(node, "limits", known: means.map(\.rawValue)) {
            guard let known = Means(rawValue: name) else { continue }
            guard let number = value.int, number > 0 else {
                report("a limit is a whole number above zero", at: value)
                continue
            }
            limits[known] = number
        }
        return limits
    }
}
