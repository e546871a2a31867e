using Xunit;

namespace RaftAkka.Protocol.Tests.Sessions;

public sealed class PendingResultsTests
{
    [Theory]
    [InlineData(1, 20)]        // Nearly dense, in any order.
    [InlineData(2, 400)]
    [InlineData(3, 1_000_000)]   // Hardly a number next to another.
    public void They_agree_with_a_sorted_list_whatever_the_order_of_the_numbers(int seed, int spread)
    {
        var random = new Random(seed);
        var results = new PendingResults();
        var model = new SortedList<long, byte[]>();
        var acknowledged = 0L;

        for (var step = 0; step < 5_000; step++)
        {
            var sequence = acknowledged + 1 + random.Next(spread);
            var isThere = results.Find(sequence, out var at);
            Assert.Equal(model.ContainsKey(sequence), isThere);
            if (isThere)
            {
                Assert.Equal(model[sequence], results[at].Result.ToArray());
            }
            else
            {
                model.Add(sequence, new byte[random.Next(4)]);
                results.Insert(at, sequence, model[sequence]);
            }

            // Now and then, so that the ring both grows and turns round.
            if (random.Next(20) == 0)
            {
                acknowledged += random.Next(spread / 2);
                results.ForgetThrough(acknowledged);
                while (model.Count > 0 && model.Keys[0] <= acknowledged) model.RemoveAt(0);
            }

            if (random.Next(100) == 0) results = new PendingResults(results);
            Assert.Equal(model.Keys, Enumerable.Range(0, results.Count).Select(i => results[i].Sequence));
            Assert.Equal(model.Values.Sum(result => result.Length), results.Bytes);
        }
    }

    [Fact]
    public void A_copy_and_its_original_go_their_own_ways()
    {
        var results = new PendingResults();
        for (var n = 1; n <= 20; n++) results.Insert(n - 1, n, new byte[1]);
        var copy = new PendingResults(results);

        results.ForgetThrough(15);
        copy.Insert(20, 21, new byte[1]);

        Assert.Equal((5, 16L, 5L), (results.Count, results[0].Sequence, results.Bytes));
        Assert.Equal((21, 1L, 21L), (copy.Count, copy[0].Sequence, copy.Bytes));
    }
}
