using Akka.Actor;
using Akka.Configuration;
using Akka.Configuration.Hocon;
using Akka.Remote;
using RaftAkka.Wire;
using Xunit;

namespace RaftAkka.Tests.Wire;

public sealed class ReferenceConfigTests
{
    private static readonly string[] OnlyOurs =
    [
        "akka.actor.serializers.raft",
        "akka.actor.serialization-bindings.RaftAkka.Protocol.IPeerMessage, RaftAkka.Protocol",
        "akka.actor.serialization-bindings.RaftAkka.Protocol.IClientRequest, RaftAkka.Protocol",
        "akka.actor.serialization-bindings.RaftAkka.Protocol.IClientReply, RaftAkka.Protocol",
    ];

    private static readonly string[] OfOurTransport =
    [
        .. new[]
        {
            "inbound-messages", "check-origin", "connections-max", "connections-per-host-max", "handshakes-max", "handshake-timeout",
            "unsent-bytes-max", "unsent-bytes-total-max", "send-timeout", "unfinished-bytes-max",
        }.Select(key => $"akka.remote.dot-netty.tcp.{key}"),
    ];

    // Akka passes over a key that it does not know without a word.
    [Fact]
    public void Every_setting_of_akka_that_we_change_exists_in_akkas_own_reference()
    {
        var akkas = Keys(ConfigurationFactory.Default()).Concat(Keys(ConfigurationFactory.FromResource(
            "Akka.Remote.Configuration.Remote.conf", typeof(RemoteActorRefProvider).Assembly))).ToHashSet();
        var ours = Keys(ReferenceConfig.Node).Where(key => key.StartsWith("akka.", StringComparison.Ordinal)).ToList();

        Assert.Contains("akka.remote.retry-gate-closed-for", ours);
        Assert.Empty(ours.Where(key => !akkas.Contains(key)).Except(OnlyOurs).Except(OfOurTransport));
        Assert.Empty(OnlyOurs.Concat(OfOurTransport).Except(ours));
    }

    [Fact]
    public void A_system_takes_the_settings_as_they_are_meant()
    {
        using var system = ActorSystem.Create("raftakka", ConfigurationFactory
            .ParseString(
                """
                akka { loglevel = OFF, stdout-loglevel = OFF }
                akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
                """)
            .WithFallback(ReferenceConfig.Node));
        var settings = ((RemoteActorRefProvider)((ExtendedActorSystem)system).Provider).RemoteSettings;

        Assert.Equal(TimeSpan.FromMilliseconds(100), settings.RetryGateClosedFor);
        Assert.True(settings.UntrustedMode);
        Assert.Contains("/user/raft/sessions", settings.TrustedSelectionPaths);
        Assert.Throws<JsonRefusedException>(() => system.Serialization.Deserialize([], 1, ""));
    }

    [Fact]
    public void The_frame_has_room_for_the_largest_message_and_its_envelope() =>
        Assert.Equal(
            WireLimits.FrameBytesMax,
            ReferenceConfig.Default.GetByteSize("akka.remote.dot-netty.tcp.maximum-frame-size"));

    [Fact]
    public void Every_message_is_bound_to_the_serializer()
    {
        using var system = ActorSystem.Create("plain", ConfigurationFactory
            .ParseString("akka { loglevel = OFF, stdout-loglevel = OFF }").WithFallback(ReferenceConfig.Default));

        Assert.All(WireMessages.Golden,
            message => Assert.IsType<RaftSerializer>(system.Serialization.FindSerializerFor(message)));
    }

    private static IEnumerable<string> Keys(Config config) =>
        config.Root is null ? [] : Layers(config).SelectMany(layer => Keys(layer.Root.GetObject(), ""));

    private static IEnumerable<Config> Layers(Config config)
    {
        for (var layer = config; layer is { Root: not null }; layer = layer.Fallback) yield return layer;
    }

    private static IEnumerable<string> Keys(HoconObject values, string path) => values.Items.SelectMany(item =>
        item.Value.IsObject() ? Keys(item.Value.GetObject(), $"{path}{item.Key}.") : [$"{path}{item.Key}"]);
}
