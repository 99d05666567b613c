"""The addresses of the Django peer; filled when a page is compared."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
