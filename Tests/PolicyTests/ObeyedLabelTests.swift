import Policy
import Testing

@Suite struct ObeyedLabelTests {
    @Test(arguments: [
        ("traefik.enable", true), ("TRAEFIK.ENABLE", true), ("traefik", false), ("traefi", false), ("xtraefik.", false),
        ("caddy", true), ("caddy_0", true), ("cadd", false), ("com.docker.compose.project", true),
        ("com.docker.composer", false), ("com.example.team", false), ("borgmatic", true), ("", false), (".", false),
        // Go makes a k of it too.
        ("\u{212A}uma.x", true), ("\u{212A}ub.x", false),
    ])
    func labelsAreKnownByTheirBeginning(name: String, isObeyed: Bool) {
        #expect(ObeyedLabel.isObeyed(name) == isObeyed)
    }
}
