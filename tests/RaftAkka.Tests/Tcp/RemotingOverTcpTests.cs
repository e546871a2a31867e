using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Remote;
using Akka.Remote.Transport.DotNetty;
using Akka.TestKit.Xunit2;
using Xunit;

namespace RaftAkka.Tests.Tcp;

/// <summary>Akka.Remote over this transport, and with others that have Akka's own.</summary>
public sealed class RemotingOverTcpTests() : TestKit("akka { loglevel = WARNING, stdout-loglevel = OFF }")
{
    private const string Ours = "RaftAkka.Tcp.TcpTransport, RaftAkka";
    private const string AkkasOwn = "Akka.Remote.Transport.DotNetty.TcpTransport, Akka.Remote";
    private const int Count = 3_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly List<ActorSystem> _systems = [];

    [Theory]
    [InlineData(Ours, Ours)]
    [InlineData(Ours, AkkasOwn)]
    [InlineData(AkkasOwn, Ours)]
    public void Messages_go_there_and_back_in_order_whoever_has_which_transport(string here, string there)
    {
        var (ann, bea) = (Start(here), Start(there));

        ExpectThatItAnswers(ann, bea);
    }

    [Fact]
    public void With_tls_all_is_left_to_akkas_own_transport()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var now = DateTimeOffset.UtcNow;
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        var setup = new DotNettySslSetup(certificate, suppressValidation: true);
        var (ann, bea) = (Start(Ours, setup), Start(Ours, setup));

        Assert.Equal("akka.ssl.tcp", AddressOf(bea).Protocol);
        ExpectThatItAnswers(ann, bea);
    }

    [Fact]
    public void That_the_other_process_has_gone_is_published()
    {
        var (ann, bea) = (Start(Ours), Start(Ours));
        ExpectThatItAnswers(ann, bea);
        var gone = AddressOf(bea);
        ann.EventStream.Subscribe(TestActor, typeof(DisassociatedEvent));

        bea.Terminate();

        FishForMessage(message => message is DisassociatedEvent lost && lost.RemoteAddress.Equals(gone), Patience);
    }

    private void ExpectThatItAnswers(ActorSystem from, ActorSystem to)
    {
        to.ActorOf(Props.Create(() => new Echo()), "echo");
        var asker = from.ActorOf(Props.Create(() => new Asker(TestActor)));
        var selection = from.ActorSelection(new RootActorPath(AddressOf(to)) / "user" / "echo");
        var large = new string('x', 1_000_000);

        for (var n = 0; n < Count; n++) selection.Tell($"{n}", asker);
        selection.Tell(large, asker);

        for (var n = 0; n < Count; n++) ExpectMsg($"{n}", Patience);
        ExpectMsg(large, Patience);
    }

    private static Address AddressOf(ActorSystem system) => ((ExtendedActorSystem)system).Provider.DefaultAddress;

    private ActorSystem Start(string transport, DotNettySslSetup? tls = null)
    {
        var config = ConfigurationFactory.ParseString(
            $$"""
            akka {
              actor.provider = remote
              loglevel = WARNING
              stdout-loglevel = OFF
              remote.dot-netty.tcp {
                hostname = "127.0.0.1"
                port = 0
                transport-class = "{{transport}}"
                enable-ssl = {{(tls is null ? "off" : "on")}}
              }
            }
            """).WithFallback(ReferenceConfig.Default);
        var setup = BootstrapSetup.Create().WithConfig(config);
        var system = ActorSystem.Create("raftakka", tls is null ? ActorSystemSetup.Create(setup) : setup.And(tls));
        _systems.Add(system);
        return system;
    }

    protected override void AfterAll()
    {
        foreach (var system in _systems) Shutdown(system, Patience);
        base.AfterAll();
    }

    private sealed class Echo : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(message);
    }

    private sealed class Asker(IActorRef to) : UntypedActor
    {
        protected override void OnReceive(object message) => to.Tell(message);
    }
}
