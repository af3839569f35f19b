package import AgentMessages
import Glibc

/// Why a container is not entered, or a question not answered, in words for people.
package struct Refusal: Error, Hashable, Sendable {
    /// The rule and one sentence.
    package let sentence: Sentence

    /// Names a rule, and says what was refused and what would be allowed.
    package init(_ rule: String, _ text: String) {
        sentence = Sentence(rule, text)
    }

    /// A system call that failed; `errno` is asked.
    ///
    /// - Parameters:
    ///   - rule: The rule.
    ///   - text: What could not be done.
    /// - Returns: The refusal, with the system's reason.
    package static func system(_ rule: String, _ text: String) -> Refusal {
        let reason = String(cString: strerror(errno))
        return Refusal(rule, "\(text): \(reason)")
    }
}
