"""The machine: hears Matrix, lets plugins think, says what they answer, and loses nothing on the way."""
