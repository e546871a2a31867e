using Akka.Actor;
using RaftAkka.Protocol;
using RaftAkka.Sessions;
using Xunit;

namespace RaftAkka.Tests.Sessions;

/// <summary>Who is connected, from where, and who makes room when all places are taken.</summary>
public sealed class ConnectedClientsTests
{
    private static readonly TimeSpan Now = TimeSpan.FromMinutes(10);

    private RaftNodeSettings _settings = new()
    {
        Cluster = new ClusterId("orders"), Server = new ServerId("n1"), Members = [new MemberAddress(new ServerId("n1"), "h1:1")],
        DataDirectory = "unused", ClientsMax = 4, ClientsPerHostMax = 3,
    };

    private ConnectedClients? _made;
    private int _count;

    private ConnectedClients Clients => _made ??= new ConnectedClients(_settings);

    [Fact]
    public void A_client_is_found_by_its_name_and_by_the_address_of_its_connection()
    {
        var (ann, bea) = (Connected("ann", "h1", 7), Connected("bea", "h1", 7));
        Connected("cid", "h1", 8);

        Assert.Same(ann, Clients.Find("ann"));
        Assert.Equal([ann, bea], Clients.At(At("h1", 7)).OrderBy(client => client.Name, StringComparer.Ordinal));
        Assert.Empty(Clients.At(At("h2", 7)));
        Assert.Equal(3, Clients.CountOn(At("h1", 9)));
    }

    [Fact]
    public void A_client_that_moved_is_found_where_it_is_now()
    {
        var ann = Connected("ann", "h1", 7);

        Clients.Moved(ann, At("h2", 7), Now);

        Assert.Empty(Clients.At(At("h1", 7)));
        Assert.Same(ann, Assert.Single(Clients.At(At("h2", 7))));
        Assert.Equal((0, 1, "h2"), (Clients.CountOn(At("h1", 7)), Clients.CountOn(At("h2", 7)), ann.Host.Name));
    }

    [Fact]
    public void The_host_with_the_most_clients_makes_room_by_its_longest_silent_one()
    {
        Connected("quiet", "h2", 7, silent: 1000);
        Connected("a", "h1", 7, silent: 1);
        var b = Connected("b", "h1", 7, silent: 2);
        Connected("c", "h1", 7, silent: 1);

        Assert.Same(b, Clients.ToPushOut(At("h3", 7), Now));
    }

    [Fact]
    public void A_host_does_not_push_out_one_that_has_as_many_unless_its_client_has_gone()
    {
        Connected("a", "h1", 7, silent: 14);
        Connected("b", "h2", 7, silent: 14);
        Connected("c", "h3", 7, silent: 14);
        var d = Connected("d", "h4", 7, silent: 14.9);

        Assert.Null(Clients.ToPushOut(At("h5", 7), Now));
        Assert.Same(d, Clients.ToPushOut(At("h5", 7), Now + TimeSpan.FromSeconds(0.1)));
    }

    [Fact]
    public void A_host_with_all_its_places_taken_gets_one_of_its_own_that_has_gone_and_nobody_elses()
    {
        Connected("quiet", "h2", 7, silent: 1000);
        Connected("a", "h1", 7, silent: 14);
        Connected("b", "h1", 7, silent: 14);
        var c = Connected("c", "h1", 7, silent: 14.9);

        Assert.Null(Clients.ToPushOut(At("h1", 7), Now));
        Assert.Same(c, Clients.ToPushOut(At("h1", 7), Now + TimeSpan.FromSeconds(0.1)));
    }

    [Fact]
    public void Clients_that_have_gone_leave_nothing_behind_once_their_hosts_may_register_again()
    {
        _settings = _settings with { ClientsMax = 100_000 };
        for (var n = 0; n < 10_000; n++)
        {
            var client = Connected($"c{n}", $"h{n}", 7, at: Now + TimeSpan.FromMilliseconds(n));
            Clients.Remove(client.Session, out _);
            Assert.False(Clients.Remove(client.Session, out _));
        }

        Assert.Equal(0, Clients.Count);
        Assert.Equal(10_000, Clients.HostCount);   // 10 s have not passed for any.

        Connected("last", "last", 7, at: Now + TimeSpan.FromMinutes(1));
        for (var n = 0; n < 64; n++) Connected($"d{n}", $"d{n}", 7, at: Now + TimeSpan.FromMinutes(1));
        Assert.InRange(Clients.HostCount, 65, 130);
    }

    [Fact]
    public void Hosts_without_clients_are_never_many()
    {
        for (var n = 0; n < 1000; n++) Clients.Remove(Connected($"c{n}", $"h{n}", 7).Session, out _);

        Assert.InRange(Clients.HostCount, 1, 2 * _settings.ClientsMax);
    }

    [Fact]
    public void A_host_registers_a_bucket_of_sessions_and_then_as_many_as_have_come_again()
    {
        var host = new ClientHost("h1", registrationsMax: 100, Now);
        for (var n = 0; n < 100; n++) Assert.True(host.MayRegister(Now));
        Assert.False(host.MayRegister(Now));
        Assert.False(host.IsRested(Now + TimeSpan.FromSeconds(9.9)));

        var later = Now + TimeSpan.FromSeconds(1);
        for (var n = 0; n < 10; n++) Assert.True(host.MayRegister(later));
        Assert.False(host.MayRegister(later));

        later += TimeSpan.FromHours(1);   // No more than the bucket holds.
        Assert.True(host.IsRested(later));
        for (var n = 0; n < 100; n++) Assert.True(host.MayRegister(later));
        Assert.False(host.MayRegister(later));
    }

    private static Address At(string host, int port) => new("akka.tcp", "app", host, port);

    private ConnectedClient Connected(string name, string host, int port, double silent = 0, TimeSpan? at = null)
    {
        var client = Clients.Add(name, At(host, port), at ?? Now);
        client.Heard = (at ?? Now) - TimeSpan.FromSeconds(silent);
        Clients.Started(client, new Fake(_count++));
        return client;
    }

    /// <summary>A reference that is equal to itself alone.</summary>
    private sealed class Fake(int number) : MinimalActorRef
    {
        public override ActorPath Path { get; } = new RootActorPath(new Address("akka", "test")) / $"{number}";

        public override IActorRefProvider Provider => throw new NotSupportedException();
    }
}
