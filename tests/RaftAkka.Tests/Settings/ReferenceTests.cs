using RaftAkka.Client;
using RaftAkka.Protocol;
using RaftAkka.Settings;
using Xunit;

namespace RaftAkka.Tests.Settings;

/// <summary>reference.conf, the settings' defaults and the list of keys say the same.</summary>
public sealed class ReferenceTests
{
    private const string RequiredOfNode = """
        raft {
          cluster-id = c
          id = n1
          members = [{ id = n1, address = "10.0.0.1:4051" }]
          data-directory = d
        }
        """;

    private const string RequiredOfClient = """
        raft {
          cluster-id = c
          client { seeds = ["10.0.0.1:4051"] }
        }
        """;

    [Fact]
    public void Every_property_of_a_servers_settings_has_a_key() =>
        Assert.Equal(PropertiesOf(typeof(RaftNodeSettings)), SettingKeys.OfNode.Keys.Order());

    [Fact]
    public void Every_property_of_a_clients_settings_has_a_key() =>
        Assert.Equal(PropertiesOf(typeof(RaftClientSettings)), SettingKeys.OfClient.Keys.Order());

    [Fact]
    public void Every_key_is_in_the_reference()
    {
        foreach (var key in SettingKeys.All)
            Assert.True(ReferenceConfig.Default.HasPath($"raft.{key}"), $"reference.conf has no raft.{key}");
    }

    [Fact]
    public void The_reference_has_no_other_keys()
    {
        var read = new SettingReader(ReferenceConfig.Default, SettingKeys.OfNode);

        Assert.Empty(read.Mistakes);
    }

    [Fact]
    public void A_servers_defaults_are_those_of_the_reference()
    {
        // Over the reference every value is read from it; without, each is the property's own default.
        var own = Written.Parse(RequiredOfNode);
        var fromReference = RaftConfiguration.NodeSettings(own.WithFallback(ReferenceConfig.Default), "reference");
        var fromProperties = RaftConfiguration.NodeSettings(own, "properties");

        Assert.Equal(fromProperties with { Members = [] }, fromReference with { Members = [] });
        var made = new RaftNodeSettings
        {
            Cluster = new ClusterId("c"), Server = new ServerId("n1"), DataDirectory = "d", Members = fromProperties.Members,
        };
        Assert.Equal(made, fromProperties);
    }

    [Fact]
    public void A_clients_defaults_are_those_of_the_reference()
    {
        var own = Written.Parse(RequiredOfClient);
        var fromReference = RaftConfiguration.ClientSettings(own.WithFallback(ReferenceConfig.Default), "reference");
        var fromProperties = RaftConfiguration.ClientSettings(own, "properties");

        Assert.Equal(fromProperties with { Seeds = [] }, fromReference with { Seeds = [] });
        var made = new RaftClientSettings { Cluster = new ClusterId("c"), Seeds = fromProperties.Seeds };
        Assert.Equal(made, fromProperties);
    }

    [Fact]
    public void The_reference_alone_lacks_what_has_no_default()
    {
        var node = Written.MistakesIn(() => RaftConfiguration.NodeSettings(ReferenceConfig.Default, "reference"));
        Assert.Equal(
            ["raft.cluster-id", "raft.id", "raft.members", "raft.data-directory"],
            node.Select(mistake => mistake[..mistake.IndexOf(' ', StringComparison.Ordinal)]));

        var client = Written.MistakesIn(() => RaftConfiguration.ClientSettings(ReferenceConfig.Default, "reference"));
        Assert.Equal(
            ["raft.cluster-id", "raft.client.seeds"],
            client.Select(mistake => mistake[..mistake.IndexOf(' ', StringComparison.Ordinal)]));
    }

    private static IEnumerable<string> PropertiesOf(Type settings) =>
        settings.GetProperties().Select(property => property.Name).Order();
}
