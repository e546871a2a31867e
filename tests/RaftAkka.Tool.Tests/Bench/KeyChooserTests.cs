using System.Text;
using RaftAkka.Tool.Bench;
using Xunit;

namespace RaftAkka.Tool.Tests.Bench;

public sealed class KeyChooserTests
{
    private Chance _random = new(seed: 1);

    [Fact]
    public void Uniform_takes_every_key_about_as_often()
    {
        var counts = Counts(KeyDistribution.Uniform, keys: 10, draws: 10_000);

        Assert.All(counts, count => Assert.InRange(count, 850, 1150));
    }

    [Fact]
    public void Zipf_takes_the_second_key_half_as_often_as_the_first()
    {
        var counts = Counts(KeyDistribution.Zipf, keys: 100, draws: 100_000);

        Assert.InRange(counts[0] / (double)counts[1], 1.8, 2.2);
        Assert.InRange(counts[0] / (double)counts[9], 8.5, 11.5);
        Assert.All(counts, count => Assert.True(count > 0));
    }

    [Fact]
    public void Sequential_goes_round()
    {
        var chooser = KeyChooser.For(KeyDistribution.Sequential, keys: 3);

        Assert.Equal([0, 1, 2, 0, 1], Enumerable.Range(0, 5).Select(_ => chooser.Next(ref _random)));
    }

    [Fact]
    public void A_key_is_twelve_bytes()
    {
        var key = new byte[BenchKey.Bytes];

        BenchKey.Write(40_217, key);

        Assert.Equal("bench/040217", Encoding.UTF8.GetString(key));
    }

    private int[] Counts(KeyDistribution distribution, int keys, int draws)
    {
        var chooser = KeyChooser.For(distribution, keys);
        var counts = new int[keys];
        for (var i = 0; i < draws; i++) counts[chooser.Next(ref _random)]++;
        return counts;
    }
}
