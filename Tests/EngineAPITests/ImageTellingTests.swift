import Acts
import EngineAPI
import Testing

/// What engines say under anchors is told under the tenant's names.
@Suite struct ImageTellingTests {
    private static let named = ImageNaming(
        ImageAnchor(nonce: String(repeating: "a", count: 32), tenant: "red"), as: "docker.io/library/app:1")
    private static let nameless = ImageNaming(
        ImageAnchor(nonce: String(repeating: "b", count: 32), tenant: "red"), as: "")

    @Test func progressIsToldWhereverItIsCut() {
        let text =
            "{\"stream\":\"Successfully tagged \(Self.named.anchor.name)\\n\"}\r\n"
            + "{\"stream\":\"Successfully tagged \(Self.nameless.anchor.name)\\n\"}\r\n{\"aux\":{}}"
        let told = "{\"stream\":\"Successfully tagged app:1\\n\"}\r\n{\"aux\":{}}"
        let bytes = Array(text.utf8)
        for cut in 0...bytes.count {
            var lines = ProgressLines(ImageTelling([Self.named, Self.nameless]))
            let shown =
                lines.receive(Array(bytes[..<cut]), isWhole: false) + lines.receive(Array(bytes[cut...]), isWhole: true)
            #expect(String(decoding: shown, as: UTF8.self) == told, "cut at \(cut)")
        }
    }

    /// Each byte was compared with each name: thousands of them stopped the loop.
    @Test func manyNamesAreToldEach() {
        let namings = (0..<5000).map { number in
            let digits = String(number, radix: 16)
            let nonce = String(repeating: "0", count: 32 - digits.count) + digits
            return ImageNaming(ImageAnchor(nonce: nonce, tenant: "red"), as: "docker.io/library/app:\(number)")
        }
        let imageTelling = ImageTelling(namings)
        for number in [0, 1, 4999] {
            let said = namings[number].anchor.name
            #expect(imageTelling.tell("<\(said)>") == "<app:\(number)>")
            #expect(imageTelling.tell(said) == "app:\(number)")
            // Not quite an anchor, or nobody's.
            #expect(imageTelling.tell(String(said.dropLast())) == String(said.dropLast()))
            #expect(imageTelling.tell(said.replacing("red", with: "blue")) == said.replacing("red", with: "blue"))
        }
        let long = String(repeating: "quaymaster.invalid/", count: 20_000)
        #expect(imageTelling.tell(long) == long)
    }

    @Test func aPullByDigestIsToldAsTheTags() {
        let digest = "sha256:" + String(repeating: "1", count: 64)
        var imageTelling = ImageTelling([Self.named])
        imageTelling.add(pull: Self.named, by: digest)
        #expect(
            imageTelling.tell("{\"status\":\"Pulling from library/app\",\"id\":\"\(digest)\"}")
                == "{\"status\":\"Pulling from library/app\",\"id\":\"1\"}")
        #expect(imageTelling.tell("Status: Image is up to date for app@\(digest)") == "Status: Image is up to date for app:1")
        #expect(imageTelling.tell("Digest: \(digest)") == "Digest: \(digest)")
    }

    @Test(arguments: [
        ("quaymaster.invalid/\(String(repeating: "a", count: 32)):red", true),
        ("quaymaster.invalid/\(String(repeating: "a", count: 31)):red", false),
        ("quaymaster.invalid/\(String(repeating: "g", count: 32)):red", false),
        ("example.com/\(String(repeating: "a", count: 32)):red", false), ("app:1", false),
    ])
    func anchorsAreRead(text: String, isAnchor: Bool) {
        #expect((ImageAnchor(parsing: text) != nil) == isAnchor)
        if isAnchor { #expect(ImageAnchor(parsing: text)?.name == text) }
    }
}
