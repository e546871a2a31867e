using RaftAkka.Client;
using RaftAkka.Protocol;
using Xunit;

namespace RaftAkka.Tests.Client;

public sealed class FormerAddressesTests
{
    private readonly ClusterMap _map = new(["seed:1"]);

    [Fact]
    public void Addresses_that_earlier_views_named_are_kept_for_when_the_members_lead_nowhere()
    {
        _map.Learn(View(1, "a:1", "b:1"), from: null);
        _map.Learn(View(2, "c:1"), from: null);

        Assert.Equal(["c:1"], _map.Addresses);
        Assert.Equal(["a:1", "b:1", "c:1", "seed:1"], _map.AllAddresses.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void However_many_servers_come_and_go_a_bounded_number_of_addresses_is_kept()
    {
        for (var index = 1; index <= 1000; index++) _map.Learn(View(index, $"h{index}:1"), from: null);

        Assert.Equal(2 * Configuration.MembersMax + 1, _map.AllAddresses.Count());
        Assert.Contains("h999:1", _map.AllAddresses);
        Assert.DoesNotContain("h1:1", _map.AllAddresses);
    }

    private static ClusterView View(int index, params string[] addresses) => new(
        new Term(1), null, [.. addresses.Select(address => new MemberAddress(new ServerId(address.Split(':')[0]), address))])
    {
        MembersIndex = new LogIndex(index),
    };
}
